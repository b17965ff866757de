import { setTimeout as sleep } from 'node:timers/promises';
import type { Chunk, Session } from '@lucid/contracts';
import type { Door } from './door.ts';

const LOOK_EVERY_MS = 200;

export interface Offsets {
  durable_offset: number;
  stored_offset: number;
  status: string;
}

/** A session of one person, from its start to its anchor. */
export class LiveSession {
  readonly id: string;
  readonly door: Door;
  /** Milliseconds that the two calls of its beginning took. */
  readonly tookMs: { readonly create: number; readonly start: number };

  private constructor(id: string, door: Door, tookMs: LiveSession['tookMs']) {
    this.id = id;
    this.door = door;
    this.tookMs = tookMs;
  }

  /** Creates and starts one, and waits until its bytes may come. */
  static async begin(door: Door, compress: boolean): Promise<LiveSession> {
    const body = { name: 'bench', compression_enabled: compress };
    const beganMs = performance.now();
    const { session_id } = await door.ask<Session>({ method: 'POST', path: '/sessions', body });
    const createdMs = performance.now();
    await door.ask({ method: 'POST', path: `/sessions/${session_id}/start` });
    const tookMs = { create: createdMs - beganMs, start: performance.now() - createdMs };
    const session = new LiveSession(session_id, door, tookMs);
    await session.#reaches('recording');
    return session;
  }

  look(): Promise<Session> {
    return this.door.ask<Session>({ path: `/sessions/${this.id}` });
  }

  offsets(): Promise<Offsets> {
    return this.door.ask({ path: `/sessions/${this.id}/stream` });
  }

  /** Waits until storage has this many bytes without a gap. @throws Error when the recording ends before */
  async untilStored(sizeBytes: number): Promise<void> {
    for (;;) {
      const { stored_offset, status } = await this.offsets();
      if (stored_offset >= sizeBytes) return;
      if (status === 'failed') throw new Error(`the recording of ${this.id} failed`);
      await sleep(LOOK_EVERY_MS);
    }
  }

  async chunks(): Promise<Chunk[]> {
    const page = await this.door.ask<{ chunks: Chunk[] }>({ path: `/sessions/${this.id}/chunks?limit=1000` });
    return page.chunks;
  }

  /** Stops it and waits for the anchor. @throws Error unless it has every byte */
  async finish(sizeBytes: number): Promise<void> {
    await this.door.ask({ method: 'POST', path: `/sessions/${this.id}/stop` });
    const { statistics } = await this.#reaches('completed');
    if (statistics.size_bytes !== sizeBytes)
      throw new Error(`session ${this.id} has ${statistics.size_bytes} of ${sizeBytes} bytes`);
  }

  /** The whole recording, piece by piece. @throws Error when it is not there */
  download(onBytes: (part: Buffer) => void): Promise<void> {
    return this.door.read(`/sessions/${this.id}/download`, onBytes);
  }

  async #reaches(wanted: Session['status']): Promise<Session> {
    for (;;) {
      const session = await this.look();
      if (session.status === wanted) return session;
      if (session.status === 'failed') throw new Error(`session ${this.id} failed: ${session.error}`);
      await sleep(LOOK_EVERY_MS);
    }
  }
}
