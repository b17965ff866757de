/** One client: bytes in, answers out, one after the other. Whatever it sends, the others go on. */
import type { Socket } from 'node:net';
import { dispatch } from '../commands/dispatch.ts';
import type { Session } from '../commands/session.ts';
import { FrameReader } from '../domain/wire/frame-reader.ts';
import { frameReply, parseMessage, type Request } from '../domain/wire/messages.ts';
import { CommandError } from '../errors.ts';
import type { Engine } from './engine.ts';

export interface ConnectionEvents {
  /** A command was answered. */
  onCommand(command: string, error: unknown, durationMs: number): void;
  /** The client sent what cannot be a message; it has been cut off. */
  onMalformed(remote: string, reason: string): void;
  onClosed(connection: Connection): void;
}

/** Waiting requests of one client past which its socket is not read from. */
const MAX_WAITING = 64;

export class Connection {
  readonly #socket: Socket;
  readonly #engine: Engine;
  readonly #events: ConnectionEvents;
  readonly #frames = new FrameReader();
  readonly #session: Session;
  readonly #waiting: Request[] = [];
  #busy: Promise<void> | undefined;
  #ending = false;
  #replyId = 0;

  constructor(socket: Socket, id: number, engine: Engine, trusted: boolean, events: ConnectionEvents) {
    this.#socket = socket;
    this.#engine = engine;
    this.#events = events;
    const remote = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#session = {
      connectionId: id,
      remote,
      user: undefined,
      trusted,
      conversation: undefined,
      conversationId: 0,
      finished: false,
    };
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    // A broken connection ends with 'close' like any other; there is nobody to tell.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => events.onClosed(this));
  }

  #receive(chunk: Buffer): void {
    try {
      for (const frame of this.#frames.push(chunk)) this.#waiting.push(parseMessage(frame));
    } catch (error) {
      const reason = error instanceof CommandError ? error.message : String(error);
      this.#events.onMalformed(this.#session.remote, reason);
      this.#socket.destroy();
      return;
    }
    if (this.#waiting.length > MAX_WAITING) this.#socket.pause();
    if (this.#waiting.length > 0) this.#busy ??= this.#work();
  }

  async #work(): Promise<void> {
    for (;;) {
      const request = this.#waiting.shift();
      if (!request) break;
      await this.#answer(request);
      if (this.#socket.isPaused() && this.#waiting.length < MAX_WAITING / 2) this.#socket.resume();
    }
    this.#busy = undefined;
    if (this.#ending) this.#socket.end();
  }

  async #answer(request: Request): Promise<void> {
    const startMs = this.#engine.clock.monotonicMs();
    const { body, command, error } = await dispatch(this.#engine, this.#session, request);
    this.#events.onCommand(command, error, this.#engine.clock.monotonicMs() - startMs);
    if (request.moreToCome || this.#socket.destroyed) return;
    this.#replyId = (this.#replyId + 1) & 0x7fffffff;
    this.#socket.write(frameReply(request.opcode, this.#replyId, request.requestId, body));
  }

  /** Answers what has arrived, then hangs up. */
  async end(): Promise<void> {
    this.#ending = true;
    if (this.#busy) await this.#busy;
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
