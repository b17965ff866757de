import { Unanswered } from './reason-of.ts';

/**
 * The result of `work`, or a rejection after `timeoutMs`. A process that was busy for longer than that first reads what has
 * arrived meanwhile: an answer that waits in the socket is not late.
 */
export function within<Value>(timeoutMs: number, work: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      setImmediate(() => reject(new Unanswered(`no answer within ${timeoutMs} ms`)));
    }, timeoutMs);
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
