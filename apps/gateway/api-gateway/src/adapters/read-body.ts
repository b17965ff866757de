import type { IncomingMessage } from 'node:http';
import type { Clock } from '@lucid/clock';
import { commonErrors } from '@lucid/errors';

/** A body of a megabyte that takes longer is not sent by anybody who waits for an answer. */
const DEADLINE_MS = 30_000;

/**
 * The whole body of a request.
 * @throws BODY_TOO_LARGE as soon as that is known; INVALID_DATA when it breaks off or takes longer than 30 s
 */
export function readBody(request: IncomingMessage, limitBytes: number, clock: Clock): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    const done = new AbortController();
    let sizeBytes = 0;
    const finish = (settle: () => void): void => {
      done.abort();
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      settle();
    };
    const onData = (piece: Buffer): void => {
      sizeBytes += piece.length;
      if (sizeBytes > limitBytes) finish(() => reject(commonErrors.BODY_TOO_LARGE()));
      else pieces.push(piece);
    };
    const onEnd = (): void =>
      finish(() => resolve(pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces)));
    const onClose = (): void => finish(() => reject(tooShort()));
    request.on('data', onData).once('end', onEnd).once('close', onClose).once('error', onClose);
    clock.sleep(DEADLINE_MS, done.signal).then(onClose, () => undefined); // aborted: the body came in time
  });
}

const tooShort = () => commonErrors.INVALID_DATA({ message: 'The body did not arrive.' });
