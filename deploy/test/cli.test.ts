import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@lucid/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { showPreview } from '../src/cli/preview.ts';
import { statusSummary } from '../src/cli/table.ts';
import { openTerminal } from '../src/cli/terminal.ts';
import { upContainers } from '../src/cli/up-containers.ts';
import { commandLine, main } from '../src/cli.ts';
import type { Preview } from '../src/engines/preview.ts';
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
  vi.unstubAllEnvs();
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

describe('up --dry-run', () => {
  const dryRun = async (...args: string[]) => {
    const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const home = join(folder.path, 'home');
    await main(['up', '--dry-run', '--json', '--home', home, ...args]);
    expect(existsSync(home)).toBe(false);
    const [text] = said.mock.calls.at(-1) ?? [];
    return JSON.parse(String(text)) as Preview;
  };
  const about = ({ services }: Preview, wanted: string) => services.find(({ name }) => name === wanted);

  it.each(['compose', 'swarm', 'kubernetes'])(
    'tells what %s would start, and touches nothing',
    async (name) => {
      vi.stubEnv('LUCID_VERSION', '0.1.0');
      const preview = await dryRun('--profile=scale', `--engine=${name}`, '--scale=chunk-processor=4');
      expect(preview).toMatchObject({ engine: name, system: 'lucid' });
      expect(about(preview, 'lucid-chunk-processor')).toMatchObject({
        replicas: 4,
        image: 'ghcr.io/hamigames/lucid/chunk-processor:0.1.0',
        networks: ['lucid-network'],
        published: [],
      });
      expect(about(preview, 'lucid-edge')?.published.join()).toContain(':443');
      const console = name === 'swarm' ? [] : ['127.0.0.1:3000'];
      expect(about(preview, 'lucid-grafana')?.published).toEqual(console);
    },
  );

  it('tells the processes as well, with another door', async () => {
    const preview = await dryRun('--engine=process', '--publish=127.0.0.1:9080');
    expect(about(preview, 'lucid-api-gateway')).toMatchObject({ published: ['127.0.0.1:9080'] });
    expect(about(preview, 'lucid-api-gateway')?.image).toBeUndefined();
    expect(about(await dryRun('--engine=process', '--publish=none'), 'lucid-api-gateway')?.published).toEqual(
      [],
    );
  });

  it.each(['process', 'compose'])('refuses what breaks a rule, on %s too', async (name) => {
    const said = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const home = join(folder.path, 'home');
    await main([
      'up',
      '--dry-run',
      '--json',
      '--home',
      home,
      `--engine=${name}`,
      '--set=chunk-processor.replicas=99',
    ]);
    expect(process.exitCode).toBe(1);
    expect(said.mock.calls.join()).toContain('broken-model');
    expect(existsSync(home)).toBe(false);
  });

  it('says the same to people in a table', () => {
    const lines: string[] = [];
    const terminal = { ...openTerminal(false), line: (text: string) => void lines.push(text) };
    const service = { name: 'lucid-a', replicas: 2, image: 'r/a:1', networks: ['n'], published: [] };
    showPreview({ engine: 'swarm', system: 'lucid', services: [service], leftOut: ['lucid-b'] }, terminal);
    const text = lines.join('\n');
    expect(text).toMatch(/lucid-a +2 +r\/a:1 +n +–/);
    expect(text).toContain('lucid on swarm: 1 services, 2 instances\nleft out, not written yet: lucid-b');
  });
});
