/**
 * Calls a running supervisor. Undefined means nobody answers: there is no engine, it is no more, or it hangs.
 * @param timeoutMs longest silence; undefined waits for as long as the work takes
 */
import { request } from 'node:http';
import { DeployError } from '../../errors.ts';

/** No socket, no home that could hold one, nobody behind it, or somebody who has just gone. */
const NOBODY: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ECONNREFUSED', 'ECONNRESET']);

export function callEngine<T>(
  socketFile: string,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
  timeoutMs?: number,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const call = request(
      { socketPath: socketFile, method, path, agent: false, ...(timeoutMs ? { timeout: timeoutMs } : {}) },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
        });
        response.on('error', reject);
        response.on('end', () => {
          const answer = JSON.parse(text) as T & {
            error?: { code: string; message: string; exit_code: number };
          };
          if (!answer.error) return resolve(answer);
          reject(new DeployError(answer.error.code, answer.error.exit_code, answer.error.message));
        });
      },
    );
    call.on('timeout', () => {
      resolve(undefined);
      call.destroy();
    });
    call.on('error', (error: NodeJS.ErrnoException) => {
      return NOBODY.has(error.code ?? '') ? resolve(undefined) : reject(error);
    });
    call.end(body ? JSON.stringify(body) : undefined);
  });
}
