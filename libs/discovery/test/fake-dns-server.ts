import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type Answer, decode, encode } from 'dns-packet';

/** A DNS server on a port of its own that answers from two tables, or not at all. */
export class FakeDnsServer {
  readonly a = new Map<string, string[]>();
  readonly srv = new Map<string, { target: string; port: number }[]>();
  readonly questions: string[] = [];
  silent = false;
  readonly #socket = createSocket('udp4');

  async start(): Promise<void> {
    this.#socket.on('message', (message, from) => {
      const reply = this.#reply(message);
      if (reply) this.#socket.send(reply, from.port, from.address);
    });
    this.#socket.bind(0, '127.0.0.1');
    await once(this.#socket, 'listening');
  }

  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  asked(name: string): number {
    return this.questions.filter((question) => question === name).length;
  }

  async stop(): Promise<void> {
    this.#socket.close();
    await once(this.#socket, 'close');
  }

  #reply(message: Buffer): Buffer | undefined {
    const { id = 0, questions = [] } = decode(message);
    const [question] = questions;
    if (!question) return undefined;
    this.questions.push(`${question.type} ${question.name}`);
    if (this.silent) return undefined;
    const answers = this.#answers(question.type, question.name);
    const NXDOMAIN = 3;
    return encode({ type: 'response', id, flags: answers.length > 0 ? 0 : NXDOMAIN, questions, answers });
  }

  #answers(type: string, name: string): Answer[] {
    if (type === 'A') return (this.a.get(name) ?? []).map((data) => ({ type: 'A', name, ttl: 0, data }));
    return (this.srv.get(name) ?? []).map((data) => ({ type: 'SRV', name, ttl: 0, data }));
  }
}
