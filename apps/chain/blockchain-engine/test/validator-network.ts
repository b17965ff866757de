import type { Block, Certificate, GenesisValidator, Transaction } from '@lucid/ledger';
import { signingKeyFromSeed } from '@lucid/ledger';
import {
  eventually,
  freePort,
  startTestMongo,
  TestIdentities,
  type TestMongo,
  temporaryFolder,
} from '@lucid/testing';
import { MongoClient } from 'mongodb';
import { CuttableLink } from './cuttable-link.ts';
import { type RunningEngine, spawnEngine } from './running-engine.ts';
import { ENGINE } from './support.ts';

const CLIENT = 'lucid-session-anchoring';
const DATABASE = 'lucid_blocks';
const TOKEN_USED_MS = 25_000;

export interface Certified {
  block: Block;
  certificate: Certificate | null;
}

interface ChainNetwork {
  peer_count: number;
}

/** One validator: an engine process, a store of its own, and its name on the chain. */
interface Member {
  name: string;
  seed: string;
  port: number;
  mongo: TestMongo;
  folder: ReturnType<typeof temporaryFolder>;
  engine: RunningEngine | undefined;
  /** What earlier lives wrote. */
  output: string;
}

/** Several validators as real processes, each with its own store; between each two a link that can be cut, for each direction. */
export class ValidatorNetwork implements AsyncDisposable {
  readonly #identities = new TestIdentities();
  readonly #over: Record<string, string>;
  #members: Member[] = [];
  #links = new Map<string, CuttableLink>();
  #token: Record<string, string> = {};
  #tokenMs = Number.NEGATIVE_INFINITY;

  private constructor(over: Record<string, string>) {
    this.#over = over;
  }

  static async start(count: number, over: Record<string, string>): Promise<ValidatorNetwork> {
    const network = new ValidatorNetwork(over);
    network.#identities.pemOf(CLIENT);
    network.#identities.pemOf(ENGINE);
    try {
      await network.#open(count);
      await Promise.all(network.indexes.map((index) => network.launch(index)));
    } catch (error) {
      await network[Symbol.asyncDispose]();
      throw error;
    }
    return network;
  }

  get indexes(): number[] {
    return this.#members.map((_, index) => index);
  }

  get validators(): GenesisValidator[] {
    return this.#members.map(({ name, seed }) => ({
      validator: name,
      public_key: signingKeyFromSeed(seed).publicKey,
    }));
  }

  nameOf(index: number): string {
    return this.#member(index).name;
  }

  seedOf(index: number): string {
    return this.#member(index).seed;
  }

  isUp(index: number): boolean {
    return this.#member(index).engine !== undefined;
  }

  /** Starts its engine and waits until it answers. */
  async launch(index: number): Promise<void> {
    const member = this.#member(index);
    const engine = await spawnEngine({
      identities: this.#identities,
      mongoUri: member.mongo.uri(DATABASE),
      folder: member.folder.path,
      port: member.port,
      over: {
        ...this.#over,
        BLOCKCHAIN_VALIDATOR_KEY: member.seed,
        BLOCKCHAIN_NODE_ID: member.name,
        BOOTSTRAP_VALIDATORS: JSON.stringify(this.validators),
        BLOCKCHAIN_PEERS: JSON.stringify(this.#peersOf(index)),
      },
    });
    member.engine = engine;
    await eventually(
      `validator ${index} answers`,
      async () => {
        if (engine.child.exitCode !== null) throw new Error(`it ended: ${engine.output()}`);
        return (await fetch(`${engine.url}/health/live`)).ok;
      },
      { timeoutMs: 30_000 },
    );
  }

  /** As a power cut ends it. */
  async kill(index: number): Promise<void> {
    const member = this.#member(index);
    const { engine } = member;
    member.engine = undefined;
    await engine?.stop('SIGKILL');
    member.output += engine?.output() ?? '';
  }

  /** Its store loses everything. Its engine must be down. */
  async wipe(index: number): Promise<void> {
    const client = await new MongoClient(this.#member(index).mongo.uri(DATABASE)).connect();
    await client.db().dropDatabase();
    await client.close();
  }

  /** Nobody hears it, and it hears nobody. */
  cut(index: number): void {
    for (const link of this.#linksOf(index)) link.cut();
  }

  heal(index: number): void {
    for (const link of this.#linksOf(index)) link.heal();
  }

  async get<Body>(index: number, path: string): Promise<Body> {
    const answer = await fetch(`${this.urlOf(index)}/api/v1${path}`, { headers: await this.#headers() });
    if (!answer.ok) throw new Error(`${path} of ${index} answers ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Body;
  }

  async post(index: number, path: string, body: unknown) {
    const answer = await fetch(`${this.urlOf(index)}/api/v1${path}`, {
      method: 'POST',
      headers: { ...(await this.#headers()), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const said = (await answer.json()) as { error?: { code: string }; failed_count?: number };
    return { status: answer.status, code: said.error?.code, said };
  }

  /** @returns whether it said that it has them all */
  async submit(index: number, transactions: readonly Transaction[]): Promise<boolean> {
    try {
      const { status, said } = await this.post(index, '/transactions/batch', { transactions });
      return status === 202 && said.failed_count === 0;
    } catch {
      return false; // it died before it could answer
    }
  }

  async height(index: number): Promise<number> {
    return (await this.get<{ height: number }>(index, '/chain/height')).height;
  }

  /** How many transactions wait for a block there. */
  async waiting(index: number): Promise<number> {
    return (await this.get<{ count: number }>(index, '/transactions/pending')).count;
  }

  /** Whether it knows what it has voted, or that it never did. */
  async mayVote(index: number): Promise<boolean> {
    const status = await this.get<{ silent_through_slot: number | null }>(index, '/consensus/status');
    return (
      status.silent_through_slot === null &&
      (await this.get<ChainNetwork>(index, '/chain/network')).peer_count > 0
    );
  }

  async chain(index: number, to: number): Promise<Certified[]> {
    const found: Certified[] = [];
    while (found.length <= to) {
      const { blocks } = await this.get<{ blocks: Certified[] }>(
        index,
        `/consensus/blocks?from=${found.length}`,
      );
      if (blocks.length === 0) throw new Error(`${index} has ${found.length} blocks, not ${to + 1}`);
      found.push(...blocks);
    }
    return found.slice(0, to + 1);
  }

  urlOf(index: number): string {
    const { engine } = this.#member(index);
    if (!engine) throw new Error(`validator ${index} is down`);
    return engine.url;
  }

  outputOf(index: number): string {
    const { engine, output } = this.#member(index);
    return output + (engine?.output() ?? '');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#members.map(({ engine }) => engine?.stop('SIGKILL')));
    await Promise.all([...this.#links.values()].map((link) => link.close()));
    await Promise.all(this.#members.map(({ mongo }) => mongo.close()));
    for (const { folder } of this.#members) folder.remove();
    this.#identities[Symbol.dispose]();
  }

  async #open(count: number): Promise<void> {
    for (let index = 0; index < count; index++)
      this.#members.push({
        name: String(index + 1).repeat(32),
        seed: String(index + 1).repeat(64),
        port: await freePort(),
        mongo: await startTestMongo(),
        folder: temporaryFolder(`validator-${index}`),
        engine: undefined,
        output: '',
      });
    for (const from of this.indexes)
      for (const to of this.indexes)
        if (from !== to) this.#links.set(`${from}>${to}`, await CuttableLink.to(this.#member(to).port));
  }

  #peersOf(index: number) {
    return this.indexes.flatMap((to) => {
      const link = this.#links.get(`${index}>${to}`);
      return link ? [{ validator: this.nameOf(to), url: link.url, service: ENGINE }] : [];
    });
  }

  #linksOf(index: number): CuttableLink[] {
    return [...this.#links].flatMap(([way, link]) => (way.split('>').includes(String(index)) ? [link] : []));
  }

  #member(index: number): Member {
    const member = this.#members[index];
    if (!member) throw new Error(`there is no validator ${index}`);
    return member;
  }

  /** One token for half a minute: making one writes the list of keys, which the engines are reading. */
  async #headers(): Promise<Record<string, string>> {
    const nowMs = performance.now();
    if (nowMs - this.#tokenMs < TOKEN_USED_MS) return this.#token;
    this.#tokenMs = nowMs;
    this.#token = await this.#identities.headers(CLIENT, ENGINE);
    return this.#token;
  }
}
