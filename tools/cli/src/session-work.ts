import { stat } from 'node:fs/promises';
import { systemClock } from '@lucid/clock';
import type { Session, SessionStatus } from '@lucid/contracts';
import type { Clients } from './account.ts';
import { CliError, EXIT_CODE } from './cli-error.ts';
import type { Output } from './output.ts';
import { uploadFile, uploadPipe } from './upload.ts';

const POLL_MS = 200;

export interface RecordWish {
  source: string;
  name: string;
  description?: string;
  chunkSizeBytes?: number;
  compress: boolean;
  patienceMs: number;
  /** Go on with this session instead of creating one. */
  resume?: string;
}

/** Creates and starts a session, or finds the one to go on with. */
export async function beginSession(sessions: Clients['sessions'], wish: RecordWish): Promise<Session> {
  if (wish.resume) return (await sessions.getSession({ params: { session_id: wish.resume } })).body;
  const { body } = await sessions.createSession({
    body: {
      name: wish.name,
      compression_enabled: wish.compress,
      ...(wish.description === undefined ? {} : { description: wish.description }),
      ...(wish.chunkSizeBytes === undefined ? {} : { chunk_size_bytes: wish.chunkSizeBytes }),
    },
  });
  await sessions.startSession({ params: { session_id: body.session_id } });
  return body;
}

/** Sends the source into the session. @returns bytes acknowledged */
export async function sendSource(
  clients: Pick<Clients, 'recorder'>,
  sessionId: string,
  wish: RecordWish,
  output: Output,
): Promise<number> {
  const isPipe = wish.source === '-';
  const sizeBytes = isPipe ? 0 : await fileSize(wish.source);
  const progress = output.progress(sizeBytes);
  const options = {
    sessionId,
    recorder: clients.recorder,
    patienceMs: wish.patienceMs,
    onProgress: (bytes: number) => progress.update(bytes),
    onInterruption: (reason: string) =>
      output.say(`  interrupted (${reason}); going on where the recorder is`),
  };
  try {
    return isPipe
      ? await uploadPipe(process.stdin, options)
      : await uploadFile(wish.source, sizeBytes, options);
  } finally {
    progress.stop();
  }
}

/** @throws CliError when it is no readable file */
export async function fileSize(path: string): Promise<number> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new CliError(`${path} cannot be read (${error.code})`, EXIT_CODE.usage);
  });
  if (!found.isFile()) throw new CliError(`${path} is not a file`, EXIT_CODE.usage);
  return found.size;
}

const ENDED: ReadonlySet<SessionStatus> = new Set(['completed', 'failed', 'deleted']);

/** Waits until the session has come to its end, telling each change. @throws CliError when it failed */
export async function awaitEnd(
  sessions: Clients['sessions'],
  sessionId: string,
  output: Output,
): Promise<Session> {
  let told = '';
  for (;;) {
    const { body: session } = await sessions.getSession({ params: { session_id: sessionId } });
    const state = describe(session);
    if (state !== told) output.say(`  ${state}`);
    told = state;
    if (ENDED.has(session.status)) {
      if (session.status === 'completed') return session;
      throw new CliError(
        `session ${sessionId} ${session.status}: ${session.error ?? 'no reason given'}`,
        EXIT_CODE.failed,
      );
    }
    await systemClock.sleep(POLL_MS);
  }
}

function describe({ status, statistics, anchoring_status, anchor }: Session): string {
  if (status === 'completed') return `anchored in block ${anchor?.block_height}`;
  if (status !== 'processing') return status;
  const { chunks_stored, chunks_count } = statistics;
  return chunks_stored < chunks_count
    ? `processing: ${chunks_stored} of ${chunks_count} chunks stored`
    : `processing: anchoring ${anchoring_status}`;
}
