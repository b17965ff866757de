/** Open cursors: what is left of a result, by id. */

import { MAX_DOCUMENT_BYTES } from '../domain/bson/codec.ts';
import { errors } from '../errors.ts';

export interface OpenCursor {
  id: bigint;
  namespace: string;
  /** The user that opened it; nobody else may read on. */
  user: string | undefined;
  rows: Iterator<Uint8Array>;
  /** Read ahead and not yet sent. */
  pending: Uint8Array | undefined;
  timesOut: boolean;
  usedAtMs: number;
}

export class Cursors {
  readonly #timeoutMs: number;
  readonly #open = new Map<bigint, OpenCursor>();

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  get size(): number {
    return this.#open.size;
  }

  add(cursor: OpenCursor): void {
    this.#open.set(cursor.id, cursor);
  }

  /** @throws CommandError CursorNotFound, Unauthorized */
  get(id: bigint, namespace: string, user: string | undefined): OpenCursor {
    const cursor = this.#open.get(id);
    if (!cursor) throw errors.cursorNotFound(`cursor id ${id} not found`);
    if (cursor.user !== user)
      throw errors.unauthorized(`cursor id ${id} was not created by the authenticated user`);
    if (cursor.namespace !== namespace)
      throw errors.unauthorized(
        `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
      );
    return cursor;
  }

  /** @returns false when there is no such cursor */
  kill(id: bigint, namespace?: string): boolean {
    const cursor = this.#open.get(id);
    if (!cursor || (namespace !== undefined && cursor.namespace !== namespace)) return false;
    cursor.rows.return?.();
    return this.#open.delete(id);
  }

  expire(nowMs: number): number {
    const idle = [...this.#open.values()].filter((c) => c.timesOut && nowMs - c.usedAtMs > this.#timeoutMs);
    for (const { id } of idle) this.kill(id);
    return idle.length;
  }
}

/**
 * Takes the next documents, at most `most` and at most one reply full; at least one, whatever its size.
 * `done` tells that nothing is left.
 */
export function takeBatch(
  cursor: Pick<OpenCursor, 'rows' | 'pending'>,
  most: number,
): { docs: Uint8Array[]; done: boolean } {
  const docs: Uint8Array[] = [];
  let sizeBytes = 0;
  for (;;) {
    const next = cursor.pending ?? nextRow(cursor.rows);
    cursor.pending = undefined;
    if (next === undefined) return { docs, done: true };
    if (docs.length >= most || (docs.length > 0 && sizeBytes + next.length > MAX_DOCUMENT_BYTES)) {
      cursor.pending = next;
      return { docs, done: false };
    }
    docs.push(next);
    sizeBytes += next.length;
  }
}

function nextRow(rows: Iterator<Uint8Array>): Uint8Array | undefined {
  const next = rows.next();
  return next.done ? undefined : next.value;
}
