import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { findingsOf, renderEach } from '../src/cli/check.ts';
import type { Finding } from '../src/cli/finding.ts';
import type { Service, System } from '../src/model/types.ts';
import type { Rendered } from '../src/render/all-targets.ts';
import { canonicalOf } from '../src/render/canonical-of.ts';
import { TARGETS } from '../src/render/renderer.ts';
import { rules } from '../src/rules/index.ts';
import { system } from '../src/system.ts';
import { seedDefects } from './rules/seed-defects/all.ts';
import { PROFILE, renderedFor } from './support/check-fixture.ts';

// Files are rendered and read as a whole; a machine that does much else takes its time.
vi.setConfig({ testTimeout: 30_000 });

/** Nothing is generated there, so every look finds missing files; they are left out here. */
const NOWHERE = join(tmpdir(), 'lucid-check-nowhere');
const findings = (...rendered: readonly Rendered[]): Finding[] =>
  findingsOf(rendered, NOWHERE).filter(({ check }) => check !== 'drift');

/** A rendering that says exactly what the system says: only the system itself can be wrong. */
const faithful = (of: System): Rendered => ({
  profile: PROFILE,
  target: {
    name: 'compose',
    render: () => ({ files: new Map(), losses: [] }),
    parse: () => canonicalOf(of),
  },
  system: of,
  rendering: { files: textsOf(of), losses: [] },
});

const textsOf = ({ services }: System): Map<string, string> =>
  new Map(services.flatMap(({ configs }) => configs.map(({ name, content }) => [name, content])));

const withService = (of: System, name: string, change: object): System => ({
  ...of,
  services: of.services.map((each): Service => (each.name === name ? { ...each, ...change } : each)),
});

describe('check turns red for a model', () => {
  it.each(seedDefects.map((defect) => [defect.rule, defect.what, defect] as const))(
    'that breaks %s: it %s',
    (rule, _what, defect) => {
      const said = findings(faithful(defect.system)).filter(({ check }) => check === 'rules');
      for (const complaint of defect.complaints)
        expect(said).toContainEqual({ check: 'rules', where: PROFILE, problem: `${rule}: ${complaint}` });
    },
  );

  it.each([
    ['a new field of a service', { gpus: 2 }, 'gpus'],
    [
      'a new field of a policy',
      { restart: { ...serviceOf().restart, windowSeconds: 60 } },
      'restart.windowSeconds',
    ],
    [
      'a new field of a list',
      { hostMounts: [{ hostPath: '/a', mountPath: '/b', propagation: 'shared' }] },
      'hostMounts[].propagation',
    ],
  ])('with %s no target is compared on', (_what, change, field) => {
    expect(findings(faithful(withService(system, 'lucid-auth-service', change)))).toContainEqual({
      check: 'uncompared',
      where: PROFILE,
      problem: `no target is compared on ${field}: say in render/compared-fields.ts what carries it`,
    });
  });

  it('with a new field of a network', () => {
    const networks = system.networks.map((network) => ({ ...network, encrypted: true }));
    expect(findings(faithful({ ...system, networks })).map(({ problem }) => problem)).toEqual([
      'no target is compared on system.networks[].encrypted: say in render/compared-fields.ts what carries it',
    ]);
  });

  it('that a target cannot say: a finding beside what the rules say, no crash', () => {
    const twoDoors = withService(system, 'lucid-auth-service', {
      replicas: 2,
      publishedPorts: [{ host: '0.0.0.0', port: 8089, lastPort: 8089, target: 8089, protocol: 'tcp' }],
    });
    const { rendered, findings: found } = renderEach(twoDoors, [PROFILE]);
    expect(rendered).toEqual([]);
    expect(found).toContainEqual({
      check: 'unrenderable',
      where: PROFILE,
      problem: expect.stringContaining('lucid-auth-service'),
    });
    expect(found).toContainEqual({
      check: 'rules',
      where: PROFILE,
      problem:
        'published-ports: lucid-auth-service has 2 replicas, which cannot share the published port 8089',
    });
  });
});

describe.each(TARGETS)('check turns red for a renderer of %s', (name) => {
  const one = renderedFor(name);

  it('that is told of no loss it has: otherwise it is green', () => {
    expect(findings(one)).toEqual([]);
    expect(findings({ ...one, rendering: { ...one.rendering, losses: [] } })).not.toEqual([]);
  });

  it('that writes another limit, misses an edge, or leaves a service out', () => {
    const limits = { limits: { cpus: 9, memoryMiB: 9 } };
    const wanted = withService(one.system, 'lucid-auth-service', {
      resources: { ...serviceOf().resources, ...limits },
    });
    const problems = findings({ ...one, system: wanted }).map(({ check, problem }) => `${check}: ${problem}`);
    expect(problems).toContain(
      'equivalence: lucid-auth-service.limits.memoryMiB is 9 in the model and 512 here, and no loss says so',
    );
    const called = withService(one.system, 'lucid-auth-service', { calls: ['lucid-session-api'] });
    expect(
      findings({ ...one, system: called })
        .map(({ problem }) => problem)
        .join('\n'),
    ).toContain(
      'lucid-auth-service.env.SESSION_API_URL is "http://lucid-session-api:8087" in the model and none here',
    );
    const fewer = {
      ...one.system,
      services: one.system.services.filter(({ name: of }) => of !== 'lucid-xrdp'),
    };
    expect(findings({ ...one, system: fewer }).map(({ problem }) => problem)).toContain(
      'lucid-xrdp.name is absent in the model and there here, and no loss says so',
    );
  });

  it('that tells of a loss that is none', () => {
    const stale = { service: 'lucid-auth-service', field: 'user', why: 'x', substitute: 'y' };
    const losses = [...one.rendering.losses, stale];
    expect(findings({ ...one, rendering: { ...one.rendering, losses } })).toEqual([
      {
        check: 'losses',
        where: `${PROFILE}/${name}`,
        problem: 'lucid-auth-service.user is told as a loss, but nothing is lost',
      },
    ]);
  });

  it('that changes a text of configuration on the way', () => {
    const squid = one.system.services.find(({ name: of }) => of === 'lucid-tron-egress-proxy');
    const configs = squid?.configs.map((config) => ({ ...config, content: `${config.content}# $HOME\n` }));
    const wanted = withService(one.system, 'lucid-tron-egress-proxy', { configs });
    expect(findings({ ...one, system: wanted })).toEqual([
      {
        check: 'equivalence',
        where: `${PROFILE}/${name}`,
        problem: 'lucid-tron-egress-proxy.configs: the text of squid.conf is in no file as the model has it',
      },
    ]);
  });

  it('that writes what it cannot read itself', () => {
    const files = new Map([...one.rendering.files, ['notes.txt', 'hello']]);
    expect(findings({ ...one, rendering: { ...one.rendering, files } })).toEqual([
      expect.objectContaining({ check: 'unreadable', where: `${PROFILE}/${name}` }),
    ]);
  });
});

function serviceOf(): Service {
  const found = system.services.find(({ name }) => name === 'lucid-auth-service');
  if (!found) throw new Error('no lucid-auth-service');
  return found;
}

describe('the rules', () => {
  it('are run for a profile once, however many targets it has', () => {
    const broken = withService(system, 'lucid-auth-service', { probe: undefined });
    const twice = [faithful(broken), faithful(broken)].map((one) => ({ ...one, system: broken }));
    expect(findings(...twice).filter(({ check }) => check === 'rules')).toHaveLength(1);
    expect(rules.length).toBeGreaterThan(20);
  });
});
