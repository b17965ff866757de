import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { composeSystem } from '../../src/profiles/compose-system.ts';
import { profiles } from '../../src/profiles/index.ts';
import { canonicalOf } from '../../src/render/canonical-of.ts';
import { compose } from '../../src/render/compose/index.ts';
import { differencesBetween, unfounded, untold } from '../../src/render/equivalence.ts';
import { system } from '../../src/system.ts';
import { fixture } from './compose-fixture.ts';
import { changed, fixtureWith, goldenPath } from './compose-support.ts';

const render = (of = fixture) => compose.render(of, { profile: 'dev' });
const files = render().files;
const documentOf = (path: string, of = files) => parse(of.get(path) ?? '');
const service = (name: string) => compose.parse(files).services.find((each) => each.name === name);
const main = (change: (text: string) => string) => () =>
  compose.parse(changed(files, 'compose.yaml', change));

describe('a system as Compose files', () => {
  it.each([...files.keys()])('is written as it always was: %s', async (path) => {
    await expect(files.get(path)).toMatchFileSnapshot(goldenPath('compose', path));
  });

  it('is the same text every time', () => {
    expect([...render().files]).toEqual([...files]);
    expect([...compose.render(structuredClone(fixture), { profile: 'dev' }).files]).toEqual([...files]);
  });

  it('means what the model means, except for the losses it tells, and each of those is one', () => {
    const differences = differencesBetween(canonicalOf(fixture), compose.parse(files));
    const { losses } = render();
    expect(untold(differences, losses)).toEqual([]);
    expect(unfounded(differences, losses)).toEqual([]);
  });

  it.each(Object.values(profiles))('means what the model means in profile $name', (profile) => {
    const composed = composeSystem(system, profile);
    const rendering = compose.render(composed, { profile: profile.name });
    const differences = differencesBetween(canonicalOf(composed), compose.parse(rendering.files));
    expect(untold(differences, rendering.losses)).toEqual([]);
    expect(unfounded(differences, rendering.losses)).toEqual([]);
  });

  it('puts what is planned into a file of its own, which adds and repeats nothing', () => {
    const [built, planned] = [documentOf('compose.yaml'), documentOf('compose.planned.yaml')];
    expect(Object.keys(built.services)).not.toContain('sample-vault');
    expect(Object.keys(planned.services)).toEqual([
      'sample-desktop-1',
      'sample-desktop-2',
      'sample-desktop-3',
      'sample-vault',
    ]);
    expect(Object.keys(built.networks)).toEqual(['sample-network', 'sample-spare']);
    expect(Object.keys(planned.networks)).toEqual(['sample-vault']);
    expect(Object.keys(planned.secrets)).not.toContain('service-keys.json');
  });

  it('gives each replica with a volume of its own that volume, a lasting name and the common alias', () => {
    const { services, volumes } = documentOf('compose.yaml');
    for (const at of [1, 2, 3]) {
      const replica = services[`sample-worker-${at}`];
      expect(replica.environment.INSTANCE_ID).toBe(`sample-worker-${at}`);
      expect(replica.networks['sample-network'].aliases).toEqual(['sample-worker']);
      expect(replica.volumes[0].source).toBe(`worker-data-${at}`);
      expect(replica.volumes[1].source).toBe('common-data');
    }
    expect(Object.keys(volumes)).toContain('worker-data-3');
    expect(service('sample-worker')?.replicas).toBe(3);
  });

  it('keeps names and volumes when such a service is scaled, down to one', () => {
    const one = documentOf('compose.yaml', render(fixtureWith('sample-worker', { replicas: 1 })).files);
    expect(one.services['sample-worker-1'].volumes[0].source).toBe('worker-data-1');
    const none = render(fixtureWith('sample-worker', { replicas: 0 })).files;
    expect(documentOf('compose.yaml', none).services['sample-worker-1'].deploy.replicas).toBe(0);
    expect(compose.parse(none).services.find(({ name }) => name === 'sample-worker')?.replicas).toBe(0);
  });

  it('cuts a range of ports into nearly equal shares, one for each replica', () => {
    const { services } = documentOf('compose.planned.yaml');
    expect([1, 2, 3].map((at) => services[`sample-desktop-${at}`].ports)).toEqual([
      ['0.0.0.0:20000-20002:30000-30002/udp'],
      ['0.0.0.0:20003-20006:30003-30006/udp'],
      ['0.0.0.0:20007-20010:30007-30010/udp'],
    ]);
    expect(service('sample-desktop')?.publishedPorts).toEqual(['0.0.0.0:20000-20010->30000/udp']);
  });

  it('refuses replicas that want one port of the host', () => {
    const three = fixtureWith('sample-api', { replicas: 3 });
    expect(() => render(three)).toThrow('sample-api cannot be rendered: 3 replicas cannot share port 8080');
  });

  it('waits for health where it can be asked, for the end of a job, and else for the start', () => {
    const { services } = documentOf('compose.yaml');
    expect(services['sample-worker-1'].depends_on).toEqual({
      'sample-store': { condition: 'service_healthy' },
      'sample-init': { condition: 'service_completed_successfully' },
    });
    expect(Object.keys(services['sample-api'].depends_on)).toEqual([
      'sample-worker-1',
      'sample-worker-2',
      'sample-worker-3',
    ]);
    expect(services['sample-asks-by-curl'].depends_on).toEqual({
      'sample-mute': { condition: 'service_started' },
    });
  });

  it('tells whose health nobody can ask, and what becomes of updates, placement and pauses', () => {
    const told = render().losses.map(({ service: name, field }) => `${name}.${field}`);
    expect(told.sort()).toEqual([
      '*.edges',
      '*.placement',
      '*.restartDelaySeconds',
      '*.scale',
      '*.update',
      '*.volumeSizes',
      'sample-mute.probe',
    ]);
  });

  it('lists every variable of the files with its default', () => {
    expect(files.get('.env.example')).toContain('LUCID_VERSION=latest\n');
    expect(files.get('.env.example')).toContain('STORE_IMAGE=store:1.0\n');
  });
});

describe('Compose files that were edited by hand', () => {
  it.each([
    [
      'an unknown key of a service',
      main((text) => text.replace('    user: ', '    privileged: true\n    user: ')),
      /privileged/,
    ],
    ['an unknown section', main((text) => `${text}include: []\n`), /include/],
    [
      'an unknown key of a network',
      main((text) => text.replace('    ipam:', '    driver: macvlan\n    ipam:')),
      /driver/,
    ],
    [
      'a value of another type',
      main((text) => text.replace('replicas: 1', 'replicas: one')),
      /deploy\/replicas/,
    ],
    ['an unescaped variable', main((text) => text.replace('$$5', '$FIVE')), /not escaped/],
    ['a variable without a default', main((text) => text.replace(':-store:1.0}', '}')), /not escaped/],
    [
      'other weights than reservations',
      main((text) => text.replace('cpu_shares: 128', 'cpu_shares: 4')),
      /cpu_shares/,
    ],
    [
      'a secret nobody defines',
      main((text) => text.replace('      - store.conf\n', '      - other.conf\n')),
      /other\.conf/,
    ],
    ['replicas that differ', main((text) => text.replace('memory: 768M', 'memory: 512M')), /other limits/],
    [
      'a replica that is not found by name',
      main((text) => text.replace('          - sample-worker\n', '          - sample-other\n')),
      /not found as sample-worker/,
    ],
    [
      'a missing replica',
      main((text) => text.replaceAll('sample-worker-2', 'sample-worker-7')),
      /expected sample-worker-2/,
    ],
    [
      'a planned service among the built',
      main((text) => text.replace('lucid.status: built', 'lucid.status: planned')),
      /is planned/,
    ],
    ['a new variable', main((text) => text.replace('MUTE_IMAGE', 'DUMB_IMAGE')), /does not list/],
    ['YAML that says a key twice', main((text) => `${text}name: again\n`), /unique/],
  ])('are refused: %s', (_what, read, message) => {
    expect(read).toThrow(message);
  });

  it('are refused when a file is too many or too few', () => {
    expect(() => compose.parse(new Map([...files, ['compose.override.yaml', '']]))).toThrow(
      /not a file of this/,
    );
    const without = (path: string) => () =>
      compose.parse(new Map([...files].filter(([name]) => name !== path)));
    expect(without('compose.yaml')).toThrow('compose.yaml: is missing');
    expect(without('configs/store.ini')).toThrow('configs/store.ini: is missing');
    expect(without('.env.example')).toThrow(/does not list/);
  });

  it.each([
    ['sample-store.limits.memoryMiB', (text: string) => text.replace('memory: 512M', 'memory: 513M')],
    ['sample-worker.env.FLAG', (text: string) => text.replaceAll('FLAG: "off"', 'FLAG: "on"')],
    ['sample-store.command', (text: string) => text.replace('--price=$$5', () => '--price=$$6')],
    ['sample-store.probe.intervalSeconds', (text: string) => text.replace('interval: 30s', 'interval: 31s')],
    [
      '*.networks.sample-spare.subnet',
      (text: string) => text.replace('subnet: 172.31.1.0/24', 'subnet: 172.31.2.0/24'),
    ],
  ])('show another %s', (where, change) => {
    const differences = differencesBetween(
      canonicalOf(fixture),
      compose.parse(changed(files, 'compose.yaml', change)),
    );
    const found = untold(differences, render().losses).map(({ service: name, field }) => `${name}.${field}`);
    expect(found).toEqual([where]);
  });
});
