import { type Clock, isoTime } from '@lucid/clock';
import type { StoredChunk } from '@lucid/contracts';
import { chunkFileName, otherPlace, type Place, parseChunkFileName } from '../domain/chunk-place.ts';
import { errors } from '../errors.ts';
import type { Store } from './store.ts';

export interface SessionMove {
  session_id: string;
  location: Place;
  done: boolean;
  chunks_total: number;
  chunks_moved: number;
  bytes_moved: number;
  failed: { sequence_number: number; reason: string }[];
}

/** One call moves for this long; whoever wants the rest asks again. */
export const MOVE_BUDGET_MS = 20_000;
const PAGE = 200;

/**
 * Moves the files of a session to one half of the store. First the file, then the record, then a copy that is left behind: a
 * crash in between leaves a chunk that is read as before, and the next call goes on. Idempotent.
 * @throws 7214 when nothing of the session is stored
 */
export async function moveSession(
  deps: Pick<Store, 'chunks' | 'files' | 'capacity' | 'instruments'>,
  request: { sessionId: string; to: Place; clock: Clock; signal: AbortSignal; budgetMs?: number },
): Promise<SessionMove> {
  const { chunks, files, capacity, instruments } = deps;
  const { sessionId, to, clock, signal, budgetMs = MOVE_BUDGET_MS } = request;
  const untilMs = clock.monotonicMs() + budgetMs;
  const move: SessionMove = {
    session_id: sessionId,
    location: to,
    done: false,
    chunks_total: await chunks.count(sessionId),
    chunks_moved: 0,
    bytes_moved: 0,
    failed: [],
  };
  if (move.chunks_total === 0) throw errors.NOTHING_STORED();
  for await (const { chunk, isStray } of toMove(deps, sessionId, to)) {
    if (signal.aborted || clock.monotonicMs() >= untilMs) return move;
    const outcome = await files.move(chunk, chunk.size_bytes, to);
    instruments.storage_operations_total.inc({
      operation: to === 'archive' ? 'archive' : 'restore',
      outcome: outcome.kind,
    });
    if (outcome.kind !== 'moved') {
      move.failed.push({ sequence_number: chunk.sequence_number, reason: outcome.kind });
      continue;
    }
    if (!(await chunks.setLocation(chunk, to, isoTime(clock)))) {
      await files.remove(chunk); // deleted meanwhile
      continue;
    }
    await outcome.finish();
    move.chunks_moved++;
    move.bytes_moved += chunk.size_bytes;
    if (!isStray) capacity.moved(to, 1, chunk.size_bytes);
  }
  if (move.failed.length === 0) await files.removeEmptyFolder(otherPlace(to), sessionId);
  return { ...move, done: true };
}

/**
 * Chunks whose record says that they are in the other half, then strays: files that a crash has left there after a move in
 * the opposite direction, whose record says `to` already.
 */
async function* toMove(
  { chunks, files }: Pick<Store, 'chunks' | 'files'>,
  sessionId: string,
  to: Place,
): AsyncGenerator<{ chunk: StoredChunk; isStray: boolean }> {
  let after = 0;
  for (let page: StoredChunk[] = []; ; ) {
    page = await chunks.listAt(sessionId, otherPlace(to), after, PAGE);
    for (const chunk of page) {
      after = chunk.sequence_number;
      yield { chunk, isStray: false };
    }
    if (page.length < PAGE) break;
  }
  for (const name of await files.namesAt(otherPlace(to), sessionId)) {
    const sequenceNumber = parseChunkFileName(name)?.sequence_number;
    const chunk = sequenceNumber === undefined ? null : await chunks.find(sessionId, sequenceNumber);
    if (chunk && (chunk.location ?? 'active') === to && chunkFileName(chunk) === name)
      yield { chunk, isStray: true };
  }
}
