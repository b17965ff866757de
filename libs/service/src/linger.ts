import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '@lucid/clock';

const LINGER_MS = 5000;
const LINGER_BYTES = 64 * 1024 * 1024;

/** True when an answer would leave while the caller is still sending its body. */
export const isStillSending = ({ complete, destroyed, headers }: IncomingMessage): boolean =>
  complete === false &&
  !destroyed &&
  (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0);

/**
 * For an answer that is sent before the caller has finished its body. Closing the connection now would reset it under the caller's
 * hands, and the answer would be lost with it (RFC 9112, section 9.6); so what still comes is read and dropped, and only what
 * takes longer than 5 s or more than 64 MiB is cut off.
 */
export function linger(request: IncomingMessage, response: ServerResponse, clock: Clock): void {
  const over = new AbortController();
  const cut = () => {
    over.abort();
    if (!request.complete) request.socket.destroy();
  };
  let dropped = 0;
  request.on('data', (piece: Buffer) => {
    dropped += piece.length;
    if (dropped > LINGER_BYTES) cut();
  });
  request.once('close', () => over.abort());
  response.once('finish', () => {
    if (!over.signal.aborted) clock.sleep(LINGER_MS, over.signal).then(cut, () => undefined); // aborted: the caller finished
  });
  request.resume();
}
