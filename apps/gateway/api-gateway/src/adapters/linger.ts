import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '@lucid/clock';

const LINGER_MS = 5000;
const LINGER_BYTES = 64 * 1024 * 1024;

/** True for requests that come with a body, empty ones aside. */
export const announcesBody = (headers: IncomingMessage['headers']): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** True when an answer would leave while the client is still sending. */
export const isStillSending = (request: IncomingMessage): boolean =>
  !request.complete && !request.readableEnded && !request.destroyed;

/**
 * For an answer that is sent before the client has finished its body. Closing the connection now would reset it under the
 * client's hands, and the answer would be lost with it (RFC 9112, section 9.6); so what still comes is read and dropped, for a
 * while and up to a size, and only then is the connection closed.
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
    if (!over.signal.aborted) clock.sleep(LINGER_MS, over.signal).then(cut, () => undefined); // aborted: the client finished
  });
  request.resume();
}
