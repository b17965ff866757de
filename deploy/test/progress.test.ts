import { stripVTControlCharacters } from 'node:util';
import { afterEach, expect, it, vi } from 'vitest';
import { showProgress } from '../src/cli/progress.ts';
import type { EngineEvent, InstanceState } from '../src/engines/engine.ts';
import { recordingTerminal } from './support/check-fixture.ts';

afterEach(() => vi.restoreAllMocks());

/** The live list at its end, line by line, with the marks it shows. */
async function listAfter(changes: readonly [string, InstanceState][], failed: boolean): Promise<string> {
  const said: string[] = [];
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      said.push(String(text));
      return true;
    });
  const progress = showProgress({ ...recordingTerminal(), interactive: true });
  const instances = [
    { id: 'server-1', tier: 1, job: false },
    { id: 'job-1', tier: 2, job: true },
  ];
  progress.listener({ type: 'plan', instances });
  for (const [id, state] of changes) {
    const event: EngineEvent = { type: 'instance', id, from: 'starting', state };
    progress.listener(event);
  }
  await progress.finish(failed);
  vi.restoreAllMocks();
  return stripVTControlCharacters(said.join(''));
}

it('marks a job that has ended well as done, as it does a server that is ready', async () => {
  const shown = await listAfter(
    [
      ['server-1', 'ready'],
      ['job-1', 'stopped'],
    ],
    false,
  );
  expect(shown).toMatch(/✔ server-1/);
  expect(shown).toMatch(/✔ job-1/);
  expect(shown).not.toContain('✖');
});

it('marks what failed and a server that was stopped, but not the job before them', async () => {
  const shown = await listAfter(
    [
      ['job-1', 'stopped'],
      ['server-1', 'stopped'],
    ],
    true,
  );
  expect(shown).toMatch(/✔ job-1/);
  expect(shown).toMatch(/✖ server-1/);
  expect(await listAfter([['job-1', 'failed']], true)).toMatch(/✖ job-1/);
});
