import { describe, expect, it } from 'vitest';
import { installCommand, missingPackages } from '../src/debian/install.ts';
import { type EngineMachine, whyNoEngine, whyNoSwarm } from '../src/docker/can-run.ts';
import { daemonCommand, daemonEnvironment } from '../src/docker/daemon.ts';
import { type Daemon, daemonConfig, ENGINE_RANGES, NODE_RANGES } from '../src/docker/daemon-config.ts';
import { parseEngineState } from '../src/docker/engine-state.ts';
import { engineEnvironment, exportLines } from '../src/docker/environment.ts';
import { dockerHostOf, homeAt } from '../src/docker/home.ts';
import { homeOfDaemon } from '../src/docker/homes.ts';
import { missingAt } from '../src/docker/image-load.ts';
import { undoRules } from '../src/docker/network-traces.ts';
import { hasVariable, innermostPid } from '../src/system/marked-processes.ts';

const able: EngineMachine = {
  platform: 'linux',
  uid: 0,
  hasTool: async () => true,
  aptKnows: async () => true,
  engineAnswers: async () => false,
  canUnshare: async () => true,
  canBridge: async () => true,
  freeBytes: async () => 2 ** 40,
};
const without =
  (...missing: string[]) =>
  async (name: string) =>
    !missing.includes(name);

describe('whether a machine can run engines', () => {
  it('is yes where everything is there, or can be installed', async () => {
    expect(await whyNoEngine(able)).toBeUndefined();
    expect(await whyNoSwarm({ ...able, hasTool: without('dockerd', 'docker', 'ip') })).toBeUndefined();
  });

  it('is yes for anybody where an engine answers, but a Swarm needs more', async () => {
    const guest: EngineMachine = { ...able, uid: 1000, engineAnswers: async () => true };
    expect(await whyNoEngine(guest)).toBeUndefined();
    expect(await whyNoSwarm(guest)).toBe('root is needed to start a Docker engine');
  });

  it.each<[string, Partial<EngineMachine>]>([
    ['Linux is needed, this is darwin', { platform: 'darwin' }],
    ['root is needed to start a Docker engine', { uid: 1000 }],
    ['nsenter is not installed', { hasTool: without('nsenter') }],
    [
      'this machine does not allow namespaces (unshare --mount --pid --net)',
      { canUnshare: async () => false },
    ],
    ['less than 2 GiB free for images', { freeBytes: async () => 2 ** 30 }],
    [
      'iptables is not installed, and there is no apt-get to install with',
      { hasTool: without('iptables', 'apt-get') },
    ],
    [
      'docker.io is not installed, and apt does not know all of that (try apt-get update)',
      { hasTool: without('dockerd'), aptKnows: async () => false },
    ],
    ['the kernel does not make bridge, veth or vxlan interfaces', { canBridge: async () => false }],
  ])('is no with the one reason: %s', async (reason, lack) => {
    expect(await whyNoSwarm({ ...able, ...lack })).toBe(reason);
  });
});

describe('what is installed', () => {
  it('is only what is missing, by the names this Debian has', async () => {
    const bookworm = { hasTool: without('dockerd', 'docker', 'iptables'), aptKnows: without('docker-cli') };
    expect(await missingPackages(bookworm)).toEqual({ packages: ['docker.io', 'iptables'], unknown: false });
    const trixie = { ...bookworm, aptKnows: async () => true };
    expect((await missingPackages(trixie)).packages).toEqual(['docker.io', 'docker-cli', 'iptables']);
    expect((await missingPackages(able)).packages).toEqual([]);
  });

  it('asks nothing and takes nothing that is only recommended', () => {
    const { args } = installCommand(['docker.io']);
    expect(args).toEqual(expect.arrayContaining(['-y', '--no-install-recommends', 'docker.io']));
    expect(args[0]).toBe('DEBIAN_FRONTEND=noninteractive');
  });
});

describe('an engine', () => {
  const daemon: Daemon = { dir: '/h/swarm/1', hostName: 'n1', cgroup: '/c', ranges: NODE_RANGES };

  it('has everything of its own, whatever the machine is configured to', () => {
    expect(daemonConfig(daemon)).toMatchObject({
      'data-root': '/h/swarm/1/data',
      hosts: ['unix:///h/swarm/1/docker.sock'],
      'cgroup-parent': '/c',
      bip: '10.93.0.1/24',
      'default-address-pools': [{ base: '10.94.0.0/16', size: 24 }],
    });
    expect(daemonConfig(daemon)).not.toHaveProperty('dns');
    expect(daemonConfig({ ...daemon, dns: '10.91.0.1' })).toMatchObject({ dns: ['10.91.0.1'] });
  });

  it('is the first process of a process namespace, in a network namespace when it has one', () => {
    const alone = daemonCommand({ ...daemon, ranges: ENGINE_RANGES });
    expect(alone.file).toBe('unshare');
    expect(alone.args).toEqual(expect.arrayContaining(['--pid', '--fork', '--kill-child', '--mount']));
    const node = daemonCommand({ ...daemon, netns: 'lucidlab0-1' });
    expect([node.file, ...node.args].join(' ')).toMatch(
      /^nsenter --net=\/run\/netns\/lucidlab0-1 unshare --mount/,
    );
  });

  it("sees proxies and nothing else of the caller's environment, and is marked with its folder", () => {
    const env = { https_proxy: 'http://p.test', SECRET: 'x', DOCKER_HOST: 'tcp://y', PATH: '/opt/bin' };
    const seen = daemonEnvironment(env, '/h/engine');
    expect(seen).toMatchObject({ https_proxy: 'http://p.test', LUCID_LAB_DAEMON: '/h/engine' });
    expect(seen.PATH).toMatch(/^\/usr\/local\/sbin:.*:\/opt\/bin$/);
    expect(JSON.stringify(seen)).not.toMatch(/SECRET|DOCKER_HOST/);
  });

  it('is refused a folder so deep that its socket has no address', () => {
    expect(() => dockerHostOf(`/${'d'.repeat(100)}`)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  it('is told to be of a home by its folder', () => {
    const { engineDir, swarmDir, dir } = homeAt('/h');
    for (const one of [engineDir, `${swarmDir}/3`, `${swarmDir}/dns`]) expect(homeOfDaemon(one)).toBe(dir);
    expect(homeOfDaemon('/somewhere/else')).toBeUndefined();
  });

  it('has processes that are found by their whole mark', () => {
    const environ = 'PATH=/bin\0LUCID_LAB_DAEMON=/h/swarm/1\0X=\0';
    expect(hasVariable(environ, 'LUCID_LAB_DAEMON', '/h/swarm/1')).toBe(true);
    for (const other of ['/h/swarm', '/h/swarm/11'])
      expect(hasVariable(environ, 'LUCID_LAB_DAEMON', other)).toBe(false);
    expect(innermostPid('Name:\tx\nNSpid:\t4711\t1\nThreads:\t1\n')).toBe(1);
    expect(innermostPid('NSpid:\t4711\n')).toBe(4711);
    expect(innermostPid('')).toBeUndefined();
  });

  it('is not believed to be in a state that nobody wrote', () => {
    const before = { place: 'p', rules: { iptables: '', ip6tables: '' }, links: [], forwarding: '0' };
    expect(parseEngineState(JSON.stringify({ version: 1, before }))).toEqual({ version: 1, before });
    for (const text of ['', 'null', '{"version":1}', '{']) expect(parseEngineState(text)).toBeUndefined();
  });
});

describe('the environment for those who use an engine', () => {
  it('names what is there and leaves out what is not', () => {
    expect(engineEnvironment('unix:///s', undefined)).toEqual({ DOCKER_HOST: 'unix:///s' });
    const compose = { binary: '/b', dockerConfig: '/c' };
    expect(engineEnvironment('unix:///s', compose, '/h')).toEqual({
      DOCKER_HOST: 'unix:///s',
      DOCKER_CONFIG: '/c',
      LUCID_SWARM_STATE: '/h',
    });
  });

  it('survives a shell, quotes included', () => {
    expect(exportLines({ A: "it's; $HOME" })).toEqual(["export A='it'\\''s; $HOME'"]);
  });
});

describe('images', () => {
  it('are copied when the name is missing or means another image', () => {
    const source = new Map([
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
    ]);
    expect(
      missingAt(
        source,
        new Map([
          ['a', '1'],
          ['b', 'old'],
        ]),
      ),
    ).toEqual(['b', 'c']);
    expect(missingAt(source, source)).toEqual([]);
  });
});

describe("putting the machine's rules back", () => {
  const before = `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [1:60]
-A FORWARD -i wg0 -j ACCEPT
COMMIT
*nat
:POSTROUTING ACCEPT [0:0]
COMMIT`;
  const now = `*filter
:INPUT ACCEPT [5:300]
:FORWARD DROP [0:0]
:DOCKER - [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -o docker0 -m comment --comment "two words" -j DOCKER
-A FORWARD -i wg0 -j ACCEPT
-A FORWARD -i wg1 -j ACCEPT
-A DOCKER-USER -j RETURN
COMMIT
*nat
:POSTROUTING ACCEPT [0:0]
:DOCKER - [0:0]
-A POSTROUTING -s 10.95.0.2/32 -d 10.95.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE
-A POSTROUTING -s 10.8.0.0/24 -o eth0 -j MASQUERADE
COMMIT`;

  it("deletes Docker's rules, then its chains, and restores policies; others' rules stay", () => {
    expect(undoRules(before, now).map((args) => args.join(' '))).toEqual([
      '-t filter -D FORWARD -j DOCKER-USER',
      '-t filter -D FORWARD -o docker0 -m comment --comment two words -j DOCKER',
      '-t filter -D DOCKER-USER -j RETURN',
      '-t nat -D POSTROUTING -s 10.95.0.2/32 -d 10.95.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE',
      '-t filter -X DOCKER',
      '-t filter -X DOCKER-USER',
      '-t nat -X DOCKER',
      '-t filter -P FORWARD ACCEPT',
    ]);
    expect(undoRules(before, now)[1]).toContain('two words');
  });

  it('does nothing where nothing changed, packet counters aside', () => {
    expect(undoRules(before, before.replace('[1:60]', '[9:540]'))).toEqual([]);
    expect(undoRules(now, now)).toEqual([]);
  });
});
