import { stat } from 'node:fs/promises';
import { systemClock } from '@lucid/clock';
import type { Session, SessionStatus } from '@lucid/contracts';
import { ServiceError } from '@lucid/errors';
import type { Clients } from './account.ts';
import { CliError, EXIT_CODE } from './cli-error.ts';
import type { Output } from './output.ts';
import { answeredStatus, DISK_FULL_STATUS, Patience } from './patience.ts';
import { uploadFile, uploadPipe } from './upload.ts';

/** Once a second: users may read so often, and no more than 100 times a minute. */
const POLL_MS = 1000;
/** The session is in no state that allows it: on a stop, it has ended already. */
const WRONG_STATE = 7004;
/** The recording takes no more bytes: it was stopped elsewhere, or has failed. */
const NOT_RECORDING = 7102;

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

/** The wish’s patience, telling what it waits for. */
export const patienceFor = ({ patienceMs }: RecordWish, output: Output): Patience =>
  new Patience({ patienceMs, onInterruption: (reason) => output.say(`  waiting (${reason})`) });

/** Creates a session, or finds the one to go on with, and waits until its bytes may come. */
export async function beginSession(
  sessions: Clients['sessions'],
  wish: RecordWish,
  output: Output,
): Promise<Session> {
  const patience = patienceFor(wish, output);
  const session = wish.resume
    ? await findSession(sessions, wish.resume)
    : await createSession(sessions, wish);
  const params = { session_id: session.session_id };
  output.say(`session ${session.session_id}`); // first of all: whoever has the id can go on
  if (session.status === 'created') await patience.through(() => sessions.startSession({ params }));
  for (;;) {
    const { body } = await patience.through(() => sessions.getSession({ params }));
    if (body.status !== 'created' && body.status !== 'starting') return body;
    await systemClock.sleep(POLL_MS);
  }
}

const findSession = async (sessions: Clients['sessions'], session_id: string): Promise<Session> =>
  (await sessions.getSession({ params: { session_id } })).body;

async function createSession(sessions: Clients['sessions'], wish: RecordWish): Promise<Session> {
  const { body } = await sessions.createSession({
    body: {
      name: wish.name,
      compression_enabled: wish.compress,
      ...(wish.description === undefined ? {} : { description: wish.description }),
      ...(wish.chunkSizeBytes === undefined ? {} : { chunk_size_bytes: wish.chunkSizeBytes }),
    },
  });
  return body;
}

/** Ends the recording; one that has ended already is left to `awaitEnd`, which tells how. */
export async function endRecording(
  sessions: Clients['sessions'],
  session_id: string,
  patience: Patience,
): Promise<void> {
  try {
    await patience.through(() => sessions.stopSession({ params: { session_id } }));
  } catch (error) {
    if (!(error instanceof ServiceError && error.code === WRONG_STATE)) throw error;
  }
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
    onSent: () => output.say('  processing: all is sent and on its way to storage'),
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

/** The recorder has ended the recording by itself; the session will say why. */
export const isOver = (error: unknown): boolean =>
  error instanceof ServiceError &&
  (error.code === NOT_RECORDING || answeredStatus(error) === DISK_FULL_STATUS);

const ENDED: ReadonlySet<SessionStatus> = new Set(['completed', 'failed', 'deleted']);

/** Waits until the session has come to its end, telling each change. @throws CliError when it failed */
export async function awaitEnd(
  sessions: Clients['sessions'],
  sessionId: string,
  output: Output,
  patience: Patience,
): Promise<Session> {
  let told = '';
  for (;;) {
    const { body: session } = await patience.through(() =>
      sessions.getSession({ params: { session_id: sessionId } }),
    );
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
