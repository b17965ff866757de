import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { composeSystem } from '../../src/profiles/compose-system.ts';
import { profiles } from '../../src/profiles/index.ts';
import { canonicalOf } from '../../src/render/canonical-of.ts';
import { differencesBetween, unfounded, untold } from '../../src/render/equivalence.ts';
import { swarm } from '../../src/render/swarm/index.ts';
import { system } from '../../src/system.ts';
import { fixture } from './compose-fixture.ts';
import { changed, fixtureWith, goldenPath } from './compose-support.ts';

const render = (of = fixture) => swarm.render(of, { profile: 'dev' });
const files = render().files;
const documentOf = (path: string, of = files) => parse(of.get(path) ?? '');
const service = (name: string) => swarm.parse(files).services.find((each) => each.name === name);
const main = (change: (text: string) => string) => () => swarm.parse(changed(files, 'stack.yaml', change));

describe('a system as a Swarm stack', () => {
  it.each([...files.keys()])('is written as it always was: %s', async (path) => {
    await expect(files.get(path)).toMatchFileSnapshot(goldenPath('swarm', path));
  });

  it('is the same text every time', () => {
    expect([...render().files]).toEqual([...files]);
    expect([...swarm.render(structuredClone(fixture), { profile: 'dev' }).files]).toEqual([...files]);
  });

  it.each([
    ['the sample', fixture, 'dev'] as const,
    ...Object.values(profiles).map(
      (profile) => [profile.name, composeSystem(system, profile), profile.name] as const,
    ),
  ])('means what the model means, except for true losses: %s', (_name, composed, profile) => {
    const rendering = swarm.render(composed, { profile });
    const differences = differencesBetween(canonicalOf(composed), swarm.parse(rendering.files));
    expect(untold(differences, rendering.losses)).toEqual([]);
    expect(unfounded(differences, rendering.losses)).toEqual([]);
  });

  it('tells what Swarm cannot do', () => {
    const told = render().losses.map(({ service: name, field }) => `${name}.${field}`);
    expect(told.sort()).toEqual([
      '*.edges',
      '*.scale',
      '*.startsAfter',
      '*.volumeSizes',
      'sample-api.publishedPorts',
      'sample-api.update.order',
      'sample-mute.probe',
      'sample-vault.update.order',
      'sample-worker.update.order',
      'sample-worker.volumes',
    ]);
  });

  it('gives every slot a volume, and a name that holds as long as slot and node are the same', () => {
    const { services, volumes } = documentOf('stack.yaml');
    expect(services['sample-worker'].environment.INSTANCE_ID).toBe(
      'sample-worker-{{.Task.Slot}}-{{.Node.ID}}',
    );
    expect(services['sample-api'].environment.INSTANCE_ID).toBe('sample-api-{{.Task.Slot}}-{{.Task.ID}}');
    expect(services['sample-init'].environment).not.toHaveProperty('INSTANCE_ID');
    expect(volumes['worker-data'].name).toBe('sample_worker-data-{{.Task.Slot}}');
    expect(volumes['store-data']).not.toHaveProperty('name');
    expect(volumes['common-data']).not.toHaveProperty('name');
  });

  it('keeps braces of ours out of the hands of Swarm’s templates', () => {
    const { PATTERN } = documentOf('stack.yaml').services['sample-worker'].environment;
    expect(PATTERN).toBe(`^a$$|{{"{{"}}name}}|$$\{b}`);
    expect(service('sample-worker')?.env.PATTERN).toBe(`^a$|{{name}}|\${b}`);
  });

  it('publishes on the node itself, one task on each, the old one gone before the new one comes', () => {
    const { ports, deploy } = documentOf('stack.yaml').services['sample-api'];
    expect(ports).toEqual([{ target: 8081, published: 8080, protocol: 'tcp', mode: 'host' }]);
    expect(deploy.placement).toEqual({ max_replicas_per_node: 1 });
    expect(deploy.update_config.order).toBe('stop-first');
    expect(deploy.endpoint_mode).toBe('dnsrr');
  });

  it('opens no console to everybody that is meant for the machine itself', () => {
    const port = { host: '127.0.0.1', port: 9090, lastPort: 9090, target: 9090, protocol: 'tcp' } as const;
    const rendering = render(fixtureWith('sample-unasked', { publishedPorts: [port] }));
    expect(documentOf('stack.yaml', rendering.files).services['sample-unasked']).not.toHaveProperty('ports');
    expect(rendering.losses).toContainEqual(
      expect.objectContaining({
        service: 'sample-unasked',
        field: 'publishedPorts',
        substitute: expect.stringMatching(/^not published/),
      }),
    );
  });

  it('cuts a range of ports among replicas, which are services of their own under one name', () => {
    const { services } = documentOf('stack.planned.yaml');
    const shares = [1, 2, 3].map((at) =>
      services[`sample-desktop-${at}`].ports.map(({ published }: { published: number }) => published),
    );
    expect(shares.flat()).toEqual(Array.from({ length: 11 }, (_, at) => 20_000 + at));
    expect(services['sample-desktop-2'].networks['sample-network'].aliases).toEqual(['sample-desktop']);
    expect(service('sample-desktop')?.replicas).toBe(3);
    expect(service('sample-desktop')?.publishedPorts).toEqual(['0.0.0.0:20000-20010->30000/udp']);
  });

  it('lets containers of others join where services are, and never where wallets are', () => {
    expect(documentOf('stack.yaml').networks['sample-network'].attachable).toBe(true);
    const vault = documentOf('stack.planned.yaml').networks['sample-vault'];
    expect(vault).toEqual({
      driver: 'overlay',
      internal: true,
      ipam: { config: [{ subnet: '172.31.0.0/24' }] },
    });
  });

  it('names a configuration after its text, since what Swarm stores never changes', () => {
    const nameOf = (of: ReadonlyMap<string, string>) =>
      documentOf('stack.yaml', of).configs['store.ini'].name;
    const config = { name: 'store.ini', mountPath: '/etc/store.ini', content: 'another text\n' };
    expect(nameOf(files)).toMatch(/^sample-store\.ini-[0-9a-f]{8}$/);
    expect(nameOf(render(fixtureWith('sample-store', { configs: [config] })).files)).not.toBe(nameOf(files));
  });

  it('asks for secrets made beforehand, whose names can be changed when they are', () => {
    const { secrets } = documentOf('stack.yaml');
    expect(secrets['store-password']).toEqual({
      external: true,
      name: `sample_store-password$\{LUCID_SECRETS_SUFFIX:-}`,
    });
  });

  it('refuses names that Swarm would not store, and ranges said in pieces', () => {
    const long = { secret: 'store-password', name: 'x'.repeat(64), template: '{value}' };
    expect(() => render(fixtureWith('sample-store', { secretFiles: [long] }))).toThrow(
      /at most 64 characters/,
    );
    const port = { host: '0.0.0.0', port: 1, lastPort: 1, target: 1, protocol: 'tcp' } as const;
    const pieces = [port, { ...port, port: 2, lastPort: 2, target: 2 }];
    expect(() => render(fixtureWith('sample-unasked', { publishedPorts: pieces }))).toThrow(/as one range/);
  });

  it('refuses configurations and volumes that are two things under one name', () => {
    const config = { name: 'store.ini', mountPath: '/x', content: 'another text\n' };
    expect(() => render(fixtureWith('sample-unasked', { configs: [config] }))).toThrow(
      /another text elsewhere/,
    );
    const volume = {
      name: 'store-data',
      mountPath: '/x',
      variable: undefined,
      scope: 'shared',
      sizeGiB: 1,
    } as const;
    expect(() => render(fixtureWith('sample-unasked', { volumes: [volume] }))).toThrow(
      /another one elsewhere/,
    );
  });
});

describe('stack files that were edited by hand', () => {
  it.each([
    [
      'what Swarm ignores',
      main((text) => text.replace('    user: ', '    security_opt: [a]\n    user: ')),
      /security_opt/,
    ],
    ['a virtual address', main((text) => text.replace('dnsrr', 'vip')), /endpoint_mode/],
    ['a port of the routing mesh', main((text) => text.replace('mode: host', 'mode: ingress')), /mode/],
    ['another constraint', main((text) => text.replace('lucid.data == true', 'zone == a')), /constraints/],
    [
      'another way back',
      main((text) => text.replace(/(rollback_config:\n +parallelism: )1/, (_all, head) => `${head}2`)),
      /rolled back/,
    ],
    [
      'ports without a limit per node',
      main((text) => text.replace(/ +placement:\n +max_replicas_per_node: 1\n/, '')),
      /goes with published ports/,
    ],
    [
      'a secret that is in the file',
      main((text) => text.replace('external: true', 'file: ./secret')),
      /secrets/,
    ],
  ])('are refused: %s', (_what, read, message) => {
    expect(read).toThrow(message);
  });

  it.each([
    ['sample-store.ports', (text: string) => text.replace('lucid.ports: 6379/tcp', 'lucid.ports: 6380/tcp')],
    ['sample-store.placement', (text: string) => text.replace(/ +placement:\n +constraints:\n.*\n/, '')],
    ['sample-store.reservations.cpus', (text: string) => text.replace('cpus: "0.1"', 'cpus: "0.2"')],
    [
      'sample-store.restartDelaySeconds',
      (text: string) =>
        text.replace('condition: any\n        delay: 5s', 'condition: any\n        delay: 6s'),
    ],
    ['sample-init.restartAttempts', (text: string) => text.replace('max_attempts: 5', 'max_attempts: 6')],
    [
      'sample-store.stopGraceSeconds',
      (text: string) => text.replace('stop_grace_period: 60s', 'stop_grace_period: 61s'),
    ],
  ] as [string, (text: string) => string][])('show another %s', (where, change) => {
    const differences = differencesBetween(
      canonicalOf(fixture),
      swarm.parse(changed(files, 'stack.yaml', change)),
    );
    const found = untold(differences, render().losses).map(({ service: name, field }) => `${name}.${field}`);
    expect(found).toContain(where);
  });
});
