import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { composeSystem } from '../../src/profiles/compose-system.ts';
import { profiles } from '../../src/profiles/index.ts';
import { parseOverrides } from '../../src/profiles/overrides.ts';
import { requireProfile } from '../../src/profiles/profile.ts';
import { filesOf } from '../../src/render/all-targets.ts';
import { compose } from '../../src/render/compose/index.ts';
import { containerSystem } from '../../src/render/container-system.ts';
import type { Loss } from '../../src/render/renderer.ts';
import { problemsOf } from '../../src/rules/index.ts';
import { system } from '../../src/system.ts';
import { EDGE_ALGORITHMS } from '../../src/tiers/edge/algorithms.ts';
import { EDGE_ANSWERS } from '../../src/tiers/edge/answers.ts';
import { GATEWAY_DOOR_PORT, REFUSED_PATHS } from '../../src/tiers/edge/facts.ts';
import { HAPROXY_START } from '../../src/tiers/edge/haproxy-head.ts';
import { withEdge } from '../../src/tiers/edge.ts';
import { configIn, serviceIn } from './support/systems.ts';

const KINDS = ['haproxy', 'traefik', 'nginx'] as const;

describe('the edge', () => {
  it('is not there when it is not wanted', () => {
    expect(withEdge(system, 'none', 1)).toBe(system);
  });

  it.each(KINDS)('as %s stands before the gateways, which publish nothing any more', (kind) => {
    const edged = withEdge(system, kind, 2);
    const edge = serviceIn(edged, 'lucid-edge');
    expect(edge.replicas).toBe(2);
    expect(edge.publishedPorts.map(({ port, target }) => [port, target])).toEqual([
      [80, 8080],
      [443, 8443],
      [8080, 8080],
    ]);
    expect(edge.startsAfter).toEqual(['lucid-api-gateway']);
    expect(edge.reaches).toEqual(['lucid-api-gateway']);
    expect(edge.hostMounts).toEqual([]); // least of all a Docker socket
    const gateway = containerSystem(edged).services.find(
      ({ service }) => service.name === 'lucid-api-gateway',
    );
    expect(gateway?.publishedPorts).toEqual([]);
    expect(gateway?.environment).toMatchObject({
      PUBLISH_ADDRESS: `0.0.0.0:${GATEWAY_DOOR_PORT}`,
      TRUSTED_PROXY_HOPS: '1',
    });
    expect(problemsOf(edged)).toEqual([]);
  });

  it.each(KINDS)('as %s keeps what belongs inside from the outside, in its configuration', (kind) => {
    const file = { haproxy: 'haproxy.cfg', traefik: 'traefik-routes.yml', nginx: 'nginx.conf' }[kind];
    const content = configIn(withEdge(system, kind, 1), file).replaceAll('/+', '/');
    for (const path of REFUSED_PATHS) expect(content).toContain(path.slice(1));
    expect(content).toContain(`:${GATEWAY_DOOR_PORT}`);
  });

  it('holds certificate and key in one secret that users can replace', () => {
    const edged = withEdge(system, 'haproxy', 1);
    expect(edged.secrets.at(-1)).toEqual({ name: 'edge-certificate', format: 'self-signed-pem' });
    const edge = containerSystem(edged).services.find(({ service }) => service.name === 'lucid-edge');
    expect(edge?.environment.EDGE_CERTIFICATE_FILE).toBe('/run/secrets/edge-certificate');
  });

  it('has room for as many gateways as there may be', () => {
    expect(configIn(withEdge(system, 'haproxy', 1), 'haproxy.cfg')).toContain(
      'server-template gateway 1-10 ',
    );
  });

  it.each(KINDS)(
    'as %s is given the algorithm that was asked for by --set, or says that it has none',
    (kind) => {
      const profile = requireProfile(profiles, 'production');
      const reports = EDGE_ALGORITHMS.map((algorithm) => {
        const set = parseOverrides([`edge=${kind}`, `edge.algorithm=${algorithm}`]);
        const edged = composeSystem(system, profile, set);
        const files = filesOf([
          {
            profile: 'production',
            target: compose,
            system: edged,
            rendering: compose.render(edged, { profile: profile.name }),
          },
        ]);
        const losses = JSON.parse(files.get('production/compose/losses.json') ?? '') as Loss[];
        const told = losses.filter(({ field }) => field === 'edge.algorithm');
        return { algorithm, told, haproxy: files.get('production/compose/configs/haproxy.cfg') };
      });
      if (kind === 'haproxy') {
        expect(reports.flatMap(({ told }) => told)).toEqual([]);
        const balance = (text = '') =>
          /^backend gateways\n([\s\S]*?) +#/m.exec(text)?.[1]?.trim().split(/\n +/);
        expect(reports.map(({ haproxy }) => balance(haproxy))).toEqual([
          ['balance roundrobin'],
          ['balance leastconn'],
          ['balance roundrobin', 'default-server slowstart 30s'],
          ['balance source', 'hash-type map-based'],
          ['balance source', 'hash-type consistent', 'hash-balance-factor 150'],
        ]);
      } else
        expect(reports.map(({ told }) => told)).toEqual(
          EDGE_ALGORITHMS.map((algorithm) => [
            {
              service: 'lucid-edge',
              field: 'edge.algorithm',
              why: `${algorithm} was asked for, but it knows the gateways by their name alone`,
              substitute: expect.stringContaining('DNS answer'),
            },
          ]),
        );
    },
  );

  it('knows an algorithm by the name of the guide alone, and says which there are', () => {
    expect(() => parseOverrides(['edge.algorithm=leastconn'])).toThrow(EDGE_ALGORITHMS.join(', '));
  });

  it('speaks with the codes of the common catalogue', () => {
    const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
    for (const [status, { code }] of Object.entries(EDGE_ANSWERS)) {
      const [, number] = /^LUCID_ERR_(\d{4})$/.exec(code) ?? [];
      expect(page).toMatch(new RegExp(`^\\| ${number} \\| \`\\w+\` \\| ${status} \\|`, 'm'));
    }
  });

  it('completes names in Kubernetes, whose domains HAProxy does not look at', () => {
    expect(HAPROXY_START).toContain('"search "*.svc.*) export EDGE_DNS_SUFFIX=".$first"');
  });

  it('gives Traefik routes before which the refused paths come, on both ports', () => {
    const { http } = parse(configIn(withEdge(system, 'traefik', 1), 'traefik-routes.yml'));
    const first = Object.entries<{ priority: number }>(http.routers).filter(
      ([, { priority }]) => priority === 1000,
    );
    expect(first.map(([name]) => name)).toEqual(['inside', 'inside-tls']);
    const fixed = parse(configIn(withEdge(system, 'traefik', 1), 'traefik.yml'));
    expect(Object.keys(fixed.providers)).toEqual(['file']);
    expect(fixed.entryPoints.web.transport.respondingTimeouts.readTimeout).toBe('0s');
  });
});
