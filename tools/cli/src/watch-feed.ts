import { EVENTS_PROTOCOL, FEED_CLOSE, type SessionEvent } from '@lucid/contracts';
import { commonErrors } from '@lucid/errors';
import { WebSocket } from 'ws';
import type { Account } from './account.ts';
import { CliError, EXIT_CODE } from './cli-error.ts';
import type { Patience } from './patience.ts';

const HANDSHAKE_TIMEOUT_MS = 30_000;
/** The gateway asks every 30 s whether we listen; a door behind which a machine has died asks no more. */
const SILENCE_MS = 75_000;

export interface Watching {
  account: Account;
  sessionId: string;
  patience: Patience;
  onEvent: (event: SessionEvent) => void;
}

/**
 * Follows the live feed of a session to its end. A feed that breaks, moves to another instance, or outlives its token is opened again, with
 * a new token where that is needed; it then begins with a snapshot once more.
 * @returns the status that the session ended with
 */
export async function watchFeed({ account, sessionId, patience, onEvent }: Watching): Promise<string> {
  const params = { session_id: sessionId };
  for (;;) {
    // Says what stands in the way in the platform's own words, and renews the token.
    const problem = await account.clients.sessions.getSession({ params }).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    if (problem) {
      await patience.interrupted(problem.error); // not `through`: that the platform answers is no progress of the feed
      continue;
    }
    const ended = await follow(account.profile, sessionId, (event) => {
      patience.progressed();
      onEvent(event);
    });
    if (ended.status !== undefined) return ended.status;
    if (ended.refusal !== undefined && ended.refusal < 500 && ended.refusal !== 401 && ended.refusal !== 429)
      throw new CliError(`the live feed is refused (${ended.refusal})`, EXIT_CODE.refused);
    if (ended.code !== FEED_CLOSE.tokenEnded) await patience.interrupted(broken(ended.code));
  }
}

const broken = (code: number) =>
  commonErrors.UPSTREAM_UNREACHABLE({ message: `the live feed was closed (${code})` });

interface Ended {
  code: number;
  /** The session has ended with it. */
  status?: string;
  /** It was never opened: the answer's status. */
  refusal?: number;
}

async function follow(
  { url, access_token }: { url: string; access_token: string },
  sessionId: string,
  onEvent: (event: SessionEvent) => void,
): Promise<Ended> {
  const address = `${url.replace(/^http/, 'ws')}/api/v1/sessions/${sessionId}/events`;
  const socket = new WebSocket(address, [EVENTS_PROTOCOL], {
    headers: { authorization: `Bearer ${access_token}` },
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  });
  const ended: Ended = { code: 1006 };
  let silence = setTimeout(() => socket.terminate(), SILENCE_MS);
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => socket.terminate(), SILENCE_MS);
  };
  socket.on('ping', heard);
  socket.on('error', () => undefined); // the close that follows is what counts
  socket.on('unexpected-response', (_request, response) => {
    ended.refusal = response.statusCode ?? 500;
    socket.terminate();
  });
  socket.on('message', (text) => {
    heard();
    const event = JSON.parse(String(text)) as SessionEvent;
    if (event.type === 'end') ended.status = event.status;
    onEvent(event);
  });
  const code = await new Promise<number>((resolve) => socket.once('close', resolve));
  clearTimeout(silence);
  return { ...ended, code };
}
