/** A real door of some kind in front of two fake gateways, found by our own name server; all on loopback. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DnsServer } from '../../../src/engines/process/dns-server.ts';
import { selfSignedPem } from '../../../src/engines/process/self-signed-pem.ts';
import { FakeGateway } from './fake-gateway.ts';

const GATEWAY_PORT = 8081;
const NAME_SERVER_PORT = 8600;

/** Addresses of its own in 127.77/16, so that several can run beside each other. */
export interface Addresses {
  readonly door: string;
  readonly nameServer: string;
  readonly gateways: readonly [string, string];
}

export interface DoorProgram {
  readonly command: string;
  readonly args: (configPath: string) => readonly string[];
  /** The configuration as it is generated, with addresses of the machine's loopback in place of a container's. */
  readonly config: (addresses: Addresses, dir: string) => string;
  readonly env?: Readonly<Record<string, string>>;
}

export class RunningDoor {
  readonly addresses: Addresses;
  readonly certificate = selfSignedPem();
  readonly gateways: readonly [FakeGateway, FakeGateway];
  readonly #dir = mkdtempSync(join(tmpdir(), 'lucid-edge-'));
  #process: ChildProcess | undefined;
  #names: DnsServer | undefined;
  output = '';

  private constructor(subnet: number) {
    const own = (last: number) => `127.77.${subnet}.${last}`;
    this.addresses = { door: own(1), nameServer: own(2), gateways: [own(3), own(4)] };
    this.gateways = [new FakeGateway('one', own(3)), new FakeGateway('two', own(4))];
  }

  static async start(program: DoorProgram, subnet: number): Promise<RunningDoor> {
    const door = new RunningDoor(subnet);
    try {
      await door.#start(program);
      return door;
    } catch (error) {
      await door.stop();
      throw error;
    }
  }

  get nameServerAt(): string {
    return `${this.addresses.nameServer}:${NAME_SERVER_PORT}`;
  }

  /** Says which gateways the name has. */
  announce(...gateways: readonly FakeGateway[]): void {
    this.#names?.update({
      services: ['lucid-api-gateway'],
      found: gateways.map(({ name, host }) => ({
        id: name,
        names: new Set(['lucid-api-gateway']),
        host,
        port: GATEWAY_PORT,
      })),
    });
  }

  async stop(): Promise<void> {
    if (this.#process?.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGTERM');
      await once(this.#process, 'exit');
    }
    await Promise.all(this.gateways.map((gateway) => gateway.kill()));
    await this.#names?.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  async #start(program: DoorProgram): Promise<void> {
    this.#names = await DnsServer.listen({ host: this.addresses.nameServer, port: NAME_SERVER_PORT });
    for (const gateway of this.gateways) await gateway.listen(GATEWAY_PORT);
    this.announce(...this.gateways);
    const certificatePath = join(this.#dir, 'edge.pem');
    const configPath = join(this.#dir, 'door.conf');
    writeFileSync(certificatePath, this.certificate, { mode: 0o600 });
    writeFileSync(configPath, program.config(this.addresses, this.#dir));
    this.#process = spawn(program.command, [...program.args(configPath)], {
      env: { PATH: process.env.PATH, EDGE_CERTIFICATE_FILE: certificatePath, ...program.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.on('data', (data: Buffer) => {
        this.output += data;
      });
    await once(this.#process, 'spawn');
  }
}

/** Asks again until it is so; throws with the door's own words when it is not within ten seconds. */
export async function eventually(door: RunningDoor, what: string, so: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    if (await so().catch(() => false)) return;
    if (performance.now() > deadline)
      throw new Error(`not within 10 s: ${what}\n${door.output.slice(-4000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
