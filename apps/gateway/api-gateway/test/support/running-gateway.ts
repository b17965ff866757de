import { afterAll, beforeAll, beforeEach } from 'vitest';
import { startGateway, type TestGateway } from './gateway.ts';
import { SESSION_ID } from './tokens.ts';

/** A gateway that runs for all tests of a file; what the services behind it have seen is forgotten before each. */
export function runningGateway(environment: Record<string, string> = {}) {
  let started: TestGateway | undefined;
  beforeAll(async () => {
    started = await startGateway(environment);
  });
  afterAll(() => started?.close());
  const running = (): TestGateway => {
    if (!started) throw new Error('before the first test');
    return started;
  };
  beforeEach(() => {
    for (const [upstream] of running().instances.values()) upstream?.seen.splice(0);
  });
  return {
    get gateway() {
      return running();
    },
    call: (path: string, init: RequestInit = {}) => fetch(running().url + path, init),
    sessions: () => running().upstream('lucid-session-api'),
  };
}

export const errorOf = async (response: Response) =>
  ((await response.json()) as { error: { code: string; details?: object } }).error;

/** The path of an endpoint, with an id in place of each parameter. */
export const fill = (path: string): string => path.replace(/:[a-z_]+/g, SESSION_ID);
