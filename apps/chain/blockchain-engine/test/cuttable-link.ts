import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** The way to a port of 127.0.0.1, which can be cut: then bytes vanish, and nobody is told. */
export class CuttableLink {
  readonly #server: Server;
  readonly #pairs = new Set<[Socket, Socket | undefined]>();
  #isCut = false;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async to(port: number): Promise<CuttableLink> {
    const server = createServer();
    const link = new CuttableLink(server);
    server.on('connection', (near) => link.#join(near, port));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return link;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  /** Connections stay open and carry nothing; new ones are taken and lead nowhere. */
  cut(): void {
    this.#isCut = true;
    for (const [near, far] of this.#pairs) {
      near.unpipe();
      far?.unpipe();
      near.resume(); // swallowed
      far?.resume();
    }
  }

  /** From now on connections lead through again; those of before are broken off. */
  heal(): void {
    this.#isCut = false;
    this.#end();
  }

  async close(): Promise<void> {
    this.#end();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(near: Socket, port: number): void {
    const far = this.#isCut ? undefined : connect(port, '127.0.0.1');
    const pair: [Socket, Socket | undefined] = [near, far];
    this.#pairs.add(pair);
    const end = () => {
      this.#pairs.delete(pair);
      near.destroy();
      far?.destroy();
    };
    for (const socket of [near, far]) {
      socket?.on('error', end);
      socket?.on('close', end);
    }
    if (!far) return void near.resume();
    near.pipe(far);
    far.pipe(near);
  }

  #end(): void {
    for (const [near, far] of this.#pairs) {
      near.destroy();
      far?.destroy();
    }
  }
}
