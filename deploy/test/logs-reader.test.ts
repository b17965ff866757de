import { expect, it } from 'vitest';
import { logs } from '../src/cli/logs.ts';
import type { Terminal } from '../src/cli/terminal.ts';
import type { LogLine, LogOptions } from '../src/engines/engine.ts';
import { fakeEngine } from './validate/fake-engine.ts';
import { smallSystem } from './validate/small-system.ts';

it('a reader that has seen enough ends the logs, however many writes fail after that', async () => {
  const written: string[] = [];
  let told = false;
  const engine = {
    ...fakeEngine(smallSystem()),
    logs: async function* ({ signal }: LogOptions): AsyncGenerator<LogLine> {
      while (!signal?.aborted) yield { instance: 'lucid-api-1', text: 'said', timeMs: undefined };
      told = true;
      yield { instance: 'lucid-api-1', text: 'was on its way', timeMs: undefined };
    },
  };
  const broken = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
  const listeners = process.stdout.listeners('error');
  const line = (text: string) => {
    written.push(text);
    if (written.length > 1) process.stdout.emit('error', broken); // throws where nobody listens
  };
  const nothing = () => {};
  const terminal: Terminal = { json: false, interactive: false, line, document: nothing, fail: nothing };
  await logs(engine, { of: [], lines: 1, follow: true }, terminal);
  for (const listener of process.stdout.listeners('error'))
    if (!listeners.includes(listener)) process.stdout.off('error', listener as (error: Error) => void);
  expect(told).toBe(true);
  expect(written).toHaveLength(3);
});
