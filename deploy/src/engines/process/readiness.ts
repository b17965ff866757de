/** Asks one instance whether it is ready. Never throws: no answer is an outcome, not an error. */
import { get } from 'node:http';

export type ProbeOutcome =
  | { readonly kind: 'passed' }
  /** It answered, and said no. */
  | { readonly kind: 'refused'; readonly detail: string }
  /** No answer at all: not listening, or too busy to say. */
  | { readonly kind: 'unknown'; readonly detail: string };

const LONGEST_DETAIL = 300;

export function probe(url: string, timeoutMs: number): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    const request = get(
      url,
      { agent: false, timeout: timeoutMs, headers: { connection: 'close' } },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (text: string) => {
          if (body.length < LONGEST_DETAIL) body += text;
        });
        response.on('error', (error) => resolve({ kind: 'unknown', detail: error.message }));
        response.on('end', () => {
          const detail =
            `${response.statusCode} ${body.slice(0, LONGEST_DETAIL).replaceAll(/\s+/g, ' ')}`.trim();
          resolve(response.statusCode === 200 ? { kind: 'passed' } : { kind: 'refused', detail });
        });
      },
    );
    request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    request.on('error', (error) => resolve({ kind: 'unknown', detail: error.message }));
  });
}
