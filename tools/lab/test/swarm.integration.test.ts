import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { whyNoSwarm } from '../src/docker/can-run.ts';
import { engineMachine } from '../src/docker/engine-machine.ts';
import { cacheDir } from '../src/paths.ts';
import { docker, openSwarm, type Swarm, startSwarm } from '../src/swarm/index.ts';
import { links } from '../src/swarm/links.ts';
import { leftovers, NOTHING } from './support/leftovers.ts';
import { importTinyImage } from './support/tiny-image.ts';

const MAIN = resolve(import.meta.dirname, '../src/main.ts');
const FAIL_OVER_MS = 60_000;
const SERVE = 'mkdir /www && hostname > /www/index.html && exec httpd -f -p 8080 -h /www';

const skipReason =
  process.env.LUCID_LAB === '1'
    ? await whyNoSwarm(engineMachine(cacheDir(process.env), process.env, []))
    : 'starts Docker engines: set LUCID_LAB=1 to run it';

if (skipReason !== undefined) it('the Swarm of the lab works', (test) => test.skip(skipReason));

describe.skipIf(skipReason !== undefined)('the Swarm of the lab', () => {
  let dir = '';
  let swarm: Swarm;
  let image = '';

  const onManager = (...args: string[]) => docker(swarm.dockerHost, args);
  const host = (number: number) => swarm.nodes.find((node) => node.number === number)?.dockerHost ?? '';

  /** The nodes where tasks of the service run as the managers see it, sorted. */
  async function runningOn(service: string): Promise<string[]> {
    const format = ['--filter', 'desired-state=running', '--format', '{{.Node}} {{.CurrentState}}'];
    const tasks = (await onManager('service', 'ps', ...format, service)).split('\n');
    return tasks.flatMap((task) => /^(\S+) Running/.exec(task)?.[1] ?? []).sort();
  }

  /** Runs a command in the web task of a node. */
  async function inTask(number: number, ...command: string[]): Promise<string> {
    const ids = await docker(host(number), ['ps', '--quiet', '--filter', 'name=web.']);
    const [id = ''] = ids.split('\n');
    const result = await execa('docker', ['exec', id, ...command], {
      env: { DOCKER_HOST: host(number) },
      reject: false,
    });
    return `${result.stdout}${result.stderr}`;
  }

  async function addressesOf(number: number, name: string): Promise<string[]> {
    const answer = await inTask(number, 'nslookup', '-type=a', name);
    return [...answer.matchAll(/^Address: (172\.20\.\d+\.\d+)$/gm)].map(([, address = '']) => address);
  }

  beforeAll(async () => {
    dir = join(await mkdtemp(join(tmpdir(), 'lab-')), 'swarm');
    swarm = await startSwarm({ stateDir: dir });
  }, 120_000);

  afterAll(async () => {
    await swarm?.stop();
    await rm(resolve(dir, '..'), { recursive: true });
  }, 60_000);

  it('has one manager, two workers, and the label for volumes on node 1 alone', async () => {
    const roles = await onManager('node', 'ls', '--format', '{{.Hostname}} {{.Status}} {{.ManagerStatus}}');
    expect(roles.split('\n').map((line) => line.trim())).toEqual([
      'lucid-node-1 Ready Leader',
      'lucid-node-2 Ready',
      'lucid-node-3 Ready',
    ]);
    expect(await onManager('node', 'ls', '--quiet', '--filter', 'node.label=lucid.data=true')).toMatch(
      /^\w+$/,
    );
  });

  it('gives images to the nodes that lack them, once', async () => {
    image = await importTinyImage(swarm.dockerHost);
    const loaded = await swarm.loadImages([image], swarm.dockerHost);
    expect(loaded.map(({ images }) => images)).toEqual([[], [image], [image]]);
    const again = await swarm.loadImages([image], swarm.dockerHost);
    expect(again.map(({ sizeBytes }) => sizeBytes)).toEqual([0, 0, 0]);
    await expect(swarm.loadImages(['no/such:image'], swarm.dockerHost)).rejects.toThrow('no/such:image');
  }, 60_000);

  it('spreads a service over three nodes, and its network crosses them', async () => {
    const subnet = ['--driver', 'overlay', '--subnet', '172.20.0.0/16'];
    await onManager('network', 'create', ...subnet, 'lucid-network');
    const options = ['--detach', '--network', 'lucid-network', '--endpoint-mode', 'dnsrr', '--replicas', '3'];
    await onManager('service', 'create', '--name', 'web', ...options, image, 'sh', '-c', SERVE);
    await expect
      .poll(() => runningOn('web'), { timeout: 60_000 })
      .toEqual(['lucid-node-1', 'lucid-node-2', 'lucid-node-3']);
    for (const name of ['web', 'tasks.web'])
      await expect.poll(async () => (await addressesOf(2, name)).length, { timeout: 15_000 }).toBe(3);
    const names = new Set<string>();
    for (const address of await addressesOf(2, 'web'))
      names.add(await inTask(2, 'wget', '-qO-', `http://${address}:8080/`));
    expect(names.size).toBe(3);
  }, 120_000);

  it('says at once that an unknown name does not exist', async () => {
    const begin = performance.now();
    expect(await inTask(1, 'nslookup', '-type=a', 'nobody')).toContain('NXDOMAIN');
    expect(performance.now() - begin).toBeLessThan(3_000);
  }, 20_000);

  it('is reached from this machine at the address of each node where a port is published', async () => {
    const publish = ['--publish', 'mode=host,target=8080,published=9080'];
    const options = ['--detach', '--mode', 'global', '--endpoint-mode', 'dnsrr', ...publish];
    await onManager('service', 'create', '--name', 'door', ...options, image, 'sh', '-c', SERVE);
    for (const { address } of swarm.nodes) {
      const status = () =>
        fetch(`http://${address}:9080/`).then(
          ({ status }) => status,
          () => 0,
        );
      await expect.poll(status, { timeout: 60_000 }).toBe(200);
    }
  }, 90_000);

  it('survives that a node loses power, which refuses no connection but is silent, and takes it back', async () => {
    await swarm.killNode(3);
    expect(await swarm.condition(3)).toBe('killed');
    const { address = '' } = swarm.nodes[2] ?? {};
    const silent = fetch(`http://${address}:9080/`, { signal: AbortSignal.timeout(1_000) });
    await expect(silent).rejects.not.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await expect
      .poll(() => runningOn('web'), { timeout: FAIL_OVER_MS })
      .toSatisfy((nodes: string[]) => nodes.length === 3 && !nodes.includes('lucid-node-3'));
    expect(await swarm.status(3)).toBe('down');
    await swarm.startNode(3);
    expect([await swarm.condition(3), await swarm.status(3)]).toEqual(['up', 'ready']);
    const door = () =>
      fetch(`http://${address}:9080/`).then(
        ({ status }) => status,
        () => 0,
      );
    await expect.poll(door, { timeout: 60_000 }).toBe(200);
  }, 240_000);

  it('replaces the tasks of a node that is cut off, which run on there, and takes the node back', async () => {
    await swarm.cutNode(2);
    await expect
      .poll(() => runningOn('web'), { timeout: FAIL_OVER_MS })
      .toSatisfy((nodes: string[]) => nodes.length === 3 && !nodes.includes('lucid-node-2'));
    expect([await swarm.condition(2), await swarm.status(2)]).toEqual(['cut', 'down']);
    expect(await inTask(2, 'hostname')).toMatch(/^[0-9a-f]{12}$/);
    await swarm.healNode(2);
    await swarm.untilStatus(2, 'ready');
    const tasks = () => docker(host(2), ['ps', '--quiet', '--filter', 'name=web.']);
    await expect.poll(tasks, { timeout: 60_000 }).toBe(''); // the surplus is ended once the node is told
    expect(await runningOn('web')).toHaveLength(3);
  }, 240_000);

  it('is used from another process by its folder', async () => {
    const { stdout } = await execa(process.execPath, [MAIN, 'node', 'cut', '3', '--json'], {
      env: { LUCID_SWARM_STATE: dir },
    });
    expect(JSON.parse(stdout)).toMatchObject({ number: 3, condition: 'cut' });
    const other = await openSwarm(dir);
    expect(await other.condition(3)).toBe('cut');
    await other.healNode(3);
    expect(await swarm.condition(3)).toBe('up');
  }, 60_000);

  it('leaves nothing behind', async () => {
    const bridge = swarm.nodes[0]?.veth.replace(/n1$/, '');
    const there = await leftovers(dir, bridge);
    for (const [what, list] of Object.entries(there))
      if (what !== 'mounts') expect([what, list.length]).not.toEqual([what, 0]);
    await swarm.stop();
    expect(await leftovers(dir, bridge)).toEqual(NOTHING);
    await swarm.stop();
  }, 60_000);

  it('is cleaned up after a start that was killed', async () => {
    const home = join(dir, '..', 'killed');
    const starting = execa(process.execPath, [MAIN, 'up', '--swarm', '--state', home], { reject: false });
    const ours = async () => (await links()).find(({ ifalias }) => ifalias === home)?.ifname;
    await expect.poll(ours, { timeout: 30_000, interval: 20 }).toBeDefined();
    const bridge = await ours();
    starting.kill('SIGKILL');
    await starting;
    const down = () => execa(process.execPath, [MAIN, 'down', '--purge', '--state', home]);
    expect((await down()).stdout).toMatch(/^down, /);
    expect(await leftovers(home, bridge)).toEqual(NOTHING);
    expect((await down()).stdout).toBe('nothing was up');
  }, 60_000);
});
