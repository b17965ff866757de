import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startTimeOf } from '../src/engines/process/process-identity.ts';
import { environmentOf, fetchText, pidsOf, type TinyEngine, tinyEngine } from './support/tiny-engine.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // a busy machine starts processes slowly

const open: TinyEngine[] = [];
const tiny = (...options: Parameters<typeof tinyEngine>): TinyEngine => {
  const made = tinyEngine(...options);
  open.push(made);
  return made;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.remove()));
});
const alive = (pids: readonly number[]) => pids.filter((pid) => startTimeOf(pid) !== undefined);
const soon = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 15_000, interval: 50 });
const nothingRuns = (subject: TinyEngine) => {
  const { home } = subject.engine;
  expect([home.stateFile, home.lockFile, home.socketFile].filter((path) => existsSync(path))).toEqual([]);
};

describe('a start', () => {
  it('goes from the store to the door, and the stop goes back', async () => {
    const subject = tiny();
    await subject.up();
    await subject.engine.down();
    const order = subject.diary();
    const at = (line: string) => order.indexOf(line);
    expect(order).toHaveLength(8);
    for (const middle of ['left', 'right']) {
      expect(at(`started lucid-tiny-${middle}-1`)).toBeGreaterThan(at('started lucid-tiny-store-1'));
      expect(at(`started lucid-tiny-${middle}-1`)).toBeLessThan(at('started lucid-tiny-door-1'));
      expect(at(`stopped lucid-tiny-${middle}-1`)).toBeGreaterThan(at('stopped lucid-tiny-door-1'));
      expect(at(`stopped lucid-tiny-${middle}-1`)).toBeLessThan(at('stopped lucid-tiny-store-1'));
    }
    nothingRuns(subject);
  });

  it('gives each instance its name, its address, its edges, its secrets and its data', async () => {
    const subject = tiny();
    const { status } = await subject.up({ env: ['tiny-left:EXTRA=1'] });
    const env = await environmentOf(status, 'lucid-tiny-left-1');
    expect(env).toMatchObject({
      SERVICE_NAME: 'lucid-tiny-left',
      INSTANCE_ID: 'lucid-tiny-left-1',
      PORT: '8084',
      ADVERTISED_ADDRESS: `${env.HOST}:8084`,
      TINY_RIGHT_URL: 'http://lucid-tiny-right:8084',
      ALLOWED_CALLERS: 'lucid-tiny-right,lucid-tiny-door',
      DISCOVERY_RECORD: 'a',
      DNS_SERVERS: status.dns,
      EXTRA: '1',
    });
    expect(env.HOST).toMatch(/^127\.\d+\.2\.1$/);
    const uri = readFileSync(env.MONGODB_URI_FILE ?? '', 'utf8');
    expect(uri).toMatch(/^mongodb:\/\/lucid:[\w-]{43}@lucid-tiny-store:27017\/tiny\?authSource=admin$/);
    for (const name of ['MONGODB_URI_FILE', 'SIGNING_KEY_FILE', 'SERVICE_PRIVATE_KEY_FILE']) {
      expect(statSync(env[name] ?? '').mode & 0o777, name).toBe(0o600);
    }
    expect(statSync(subject.engine.home.secretsDir).mode & 0o777).toBe(0o700);
    const keys = JSON.parse(readFileSync(env.SERVICE_KEYS_FILE ?? '', 'utf8')) as {
      keys: { instance: string }[];
    };
    expect(keys.keys.map((key) => key.instance)).toEqual([
      'lucid-tiny-left-1',
      'lucid-tiny-right-1',
      'lucid-tiny-door-1',
    ]);
    const store = JSON.parse(
      await fetchText(`http://${status.instances[0]?.address.replace('27017', '27018')}/`),
    ) as Record<string, string>;
    expect(existsSync(store.DATA_DIR ?? '')).toBe(true);
    expect(store.SERVICE_PRIVATE_KEY_FILE).toBeUndefined();
    expect((await environmentOf(status, 'lucid-tiny-right-1')).EXTRA).toBeUndefined();
  });

  it('keeps the secrets of the first time', async () => {
    const subject = tiny();
    const secrets = () => {
      const { secretsDir } = subject.engine.home;
      return readdirSync(secretsDir).map((name) =>
        statSync(join(secretsDir, name)).isFile() ? readFileSync(join(secretsDir, name), 'utf8') : '',
      );
    };
    await subject.up();
    const first = secrets();
    await subject.engine.down();
    await subject.up();
    expect(secrets()).toEqual(first);
  });

  it('asked for twice at the same moment happens once', async () => {
    const subject = tiny();
    const reports = await Promise.all([subject.up(), subject.up()]);
    expect(reports.map((report) => report.started).toSorted()).toEqual([false, true]);
    expect(pidsOf(reports[0]?.status)).toEqual(pidsOf(reports[1]?.status));
  });

  it('leaves other engines on the machine alone', async () => {
    const [one, other] = [tiny(), tiny()];
    const [a, b] = await Promise.all([one.up(), other.up()]);
    const addresses = [...a.status.instances, ...b.status.instances].map((instance) => instance.address);
    expect(new Set(addresses).size).toBe(8);
    expect(a.status.dns).not.toBe(b.status.dns);
  });
});

describe('a start that fails', () => {
  it('on a taken port names the port and its owner, before anything runs', async () => {
    const subject = tiny();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await expect(subject.up({ publish: `127.0.0.1:${port}` })).rejects.toMatchObject({
      code: 'port-taken',
      message: expect.stringMatching(
        new RegExp(`127\\.0\\.0\\.1:${port}, wanted for the public address, is taken`),
      ),
    });
    server.close();
    expect(subject.diary()).toEqual([]);
    nothingRuns(subject);
  });

  it('on a wrong configuration quotes the service, does not try again and stops the rest', async () => {
    const subject = tiny();
    await expect(subject.up({ env: ['tiny-right:CONFIG_BROKEN=1'] })).rejects.toMatchObject({
      code: 'instance-failed',
      message: expect.stringMatching(
        /^lucid-tiny-right-1 exited with code 78: config: TINY_SETTING is missing \(log: /,
      ),
    });
    expect(subject.diary()).toContain('stopped lucid-tiny-store-1');
    expect(subject.diary()).not.toContain('started lucid-tiny-door-1');
    nothingRuns(subject);
  });

  it('on a service that keeps crashing gives up after five times', async () => {
    const subject = tiny();
    const flag = join(subject.dir, 'crash');
    writeFileSync(flag, '');
    await expect(subject.up({ env: [`tiny-left:CRASH_WHILE=${flag}`] })).rejects.toMatchObject({
      code: 'instance-failed',
      message: expect.stringContaining(
        'lucid-tiny-left-1 exited with code 1: fatal: lucid-tiny-left cannot go on',
      ),
    });
    const crashes = subject.events.filter((event) => event.type === 'instance' && event.state === 'backoff');
    expect(crashes).toHaveLength(4);
    nothingRuns(subject);
  });

  it('because somebody interrupts it leaves nothing', async () => {
    const subject = tiny();
    const flag = join(subject.dir, 'refuse');
    writeFileSync(flag, '');
    const interruption = new AbortController();
    const start = subject.up({ env: [`tiny-right:REFUSE_WHILE=${flag}`] }, interruption.signal);
    const failed = expect(start).rejects.toMatchObject({ code: 'start-interrupted' });
    await soon(() => expect(subject.diary()).toContain('started lucid-tiny-right-1'));
    interruption.abort();
    await failed;
    nothingRuns(subject);
    expect(subject.diary().filter((line) => line.startsWith('started'))).toHaveLength(
      subject.diary().filter((line) => line.startsWith('stopped')).length,
    );
  });

  it('because a folder is missing says which', async () => {
    const subject = tiny({ root: '/nonexistent-workspace' });
    await expect(subject.up()).rejects.toMatchObject({
      code: 'missing-app',
      message: 'cannot start, not built yet: deploy/test/fixtures/tiny has no src/main.ts',
    });
    nothingRuns(subject);
  });
});

describe('a running system', () => {
  it('restarts what crashes, and names only what is ready', async () => {
    const subject = tiny();
    const { status } = await subject.up();
    const resolver = new Resolver({ timeout: 1_000, tries: 2 });
    resolver.setServers([status.dns ?? '']);
    const left = status.instances.find((instance) => instance.id === 'lucid-tiny-left-1');
    expect(await resolver.resolve4('lucid-tiny-left')).toEqual([left?.address.split(':')[0]]);
    await fetchText(`${left?.url}/crash`).catch(() => undefined);
    await soon(async () => {
      const now = (await subject.engine.status())?.instances.find((instance) => instance.id === left?.id);
      expect(now).toMatchObject({ state: 'ready', restarts: 1 });
      expect(now?.pid).not.toBe(left?.pid);
    });
  });

  it('takes what is not ready out of the names, and back', async () => {
    const subject = tiny();
    const flag = join(subject.dir, 'refuse');
    const { status } = await subject.up({ env: [`tiny-left:REFUSE_WHILE=${flag}`] });
    const resolver = new Resolver({ timeout: 1_000, tries: 2 });
    resolver.setServers([status.dns ?? '']);
    writeFileSync(flag, '');
    await soon(() => expect(resolver.resolve4('lucid-tiny-left')).rejects.toMatchObject({ code: 'ENODATA' }));
    rmSync(flag);
    await soon(async () => expect(await resolver.resolve4('lucid-tiny-left')).toHaveLength(1));
  });

  it('is scaled 1 → 3 → 1: keys and names follow, the drained ones end by themselves', async () => {
    const subject = tiny();
    const { status } = await subject.up();
    const resolver = new Resolver({ timeout: 1_000, tries: 2 });
    resolver.setServers([status.dns ?? '']);
    const grown = await subject.engine.scale('tiny-left', 3);
    expect(await resolver.resolve4('lucid-tiny-left')).toHaveLength(3);
    expect(readFileSync(subject.engine.home.serviceKeysFile, 'utf8')).toContain('lucid-tiny-left-3');
    await subject.engine.scale('tiny-left', 1);
    expect(await resolver.resolve4('lucid-tiny-left')).toHaveLength(1);
    expect(subject.diary()).toEqual(
      expect.arrayContaining(['stopped lucid-tiny-left-2', 'stopped lucid-tiny-left-3']),
    );
    expect(alive(pidsOf(grown))).toHaveLength(4);
  });

  it('survives an instance that cannot be added', async () => {
    const subject = tiny();
    const { status } = await subject.up();
    const host = status.instances
      .find((instance) => instance.id === 'lucid-tiny-left-1')
      ?.address.split('.1:')[0];
    const squatter = createServer().listen(8084, `${host}.2`);
    await once(squatter, 'listening');
    await expect(subject.engine.scale('tiny-left', 2)).rejects.toMatchObject({ code: 'port-taken' });
    squatter.close();
    expect((await subject.engine.status())?.instances).toHaveLength(4);
    await subject.engine.scale('tiny-left', 2);
  });
});
