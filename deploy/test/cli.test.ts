import { join } from 'node:path';
import { temporaryFolder } from '@lucid/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { statusSummary } from '../src/cli/table.ts';
import { openTerminal } from '../src/cli/terminal.ts';
import { upContainers } from '../src/cli/up-containers.ts';
import { commandLine, main } from '../src/cli.ts';
import { deployErrors } from '../src/errors.ts';
import { fakeEngine } from './validate/fake-engine.ts';
import { smallSystem } from './validate/small-system.ts';

const before = process.exitCode;
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder('cli');
});
afterEach(() => {
  process.exitCode = before;
  vi.restoreAllMocks();
  folder[Symbol.dispose]();
});

const engine = fakeEngine(smallSystem());

describe('with nothing up', () => {
  it.each([
    ['update', 'session-api', '--to=0.2.0'],
    ['rollback', 'session-api'],
    ['logs', 'session-api', '-f'],
    ['rollback', 'session-api', '--engine=swarm'],
  ])('%s says so and exits with 3', async (...args) => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await main([...args, '--home', join(folder.path, 'home')]);
    expect(process.exitCode).toBe(3);
    expect(said.mock.calls.join()).toContain('error: nothing is up in');
  });
});

describe('up', () => {
  const command = commandLine(() => openTerminal(true)).commands.find((each) => each.name() === 'up');

  it('names no --set and no --env of its own, so that those of the last up hold', () => {
    expect(command?.opts()).not.toHaveProperty('set');
    expect(command?.opts()).not.toHaveProperty('env');
    const help = command?.helpInformation().replaceAll(/\s+/g, ' ');
    expect(help).toContain('replaces all of the last up');
    expect(help).toContain(
      '127.0.0.1:8080 where there is no edge, else the ports of the edge: 80, 443, 8080',
    );
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('on containers is undone by %s', async (signal) => {
    const own = process.listenerCount(signal);
    const waiting = Promise.withResolvers<void>();
    const interrupted: typeof engine.up = (_options, _listener, over) =>
      new Promise((_, reject) => {
        over?.addEventListener('abort', () => reject(deployErrors.startInterrupted()));
        waiting.resolve();
      });
    const starting = upContainers({ ...engine, up: interrupted }, { profile: 'x' }, openTerminal(true));
    await waiting.promise;
    process.emit(signal, signal);
    await expect(starting).rejects.toMatchObject({ code: 'start-interrupted' });
    expect(process.listenerCount(signal)).toBe(own);
  });
});

describe('the closing line', () => {
  it('tells memory only when there is any to tell', async () => {
    const status = await engine.status();
    if (!status) throw new Error('the fake engine is not up');
    const ready = `${status.instances.length} of ${status.instances.length} ready`;
    expect(statusSummary(status)).toMatch(new RegExp(`${ready}, \\d+ MiB$`));
    const unknown = status.instances.map((instance) => ({ ...instance, rssBytes: undefined }));
    expect(statusSummary({ ...status, instances: unknown })).toMatch(new RegExp(`${ready}$`));
  });
});
