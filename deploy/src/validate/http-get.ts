import { get } from 'node:http';
import type { Answer } from './check.ts';

const LONGEST_BODY = 64 * 1024;

/** GET without a pool, so that nothing lives on after the answer. @throws Error when none comes in time */
export function httpGet(url: string, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      agent: false,
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(timeoutMs),
    };
    const request = get(url, options, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        if (body.length < LONGEST_BODY) body += text;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.on('error', (error) => {
      const late = error.name === 'AbortError' || error.name === 'TimeoutError';
      reject(late ? new Error(`no answer within ${timeoutMs} ms`, { cause: error }) : error);
    });
  });
}
