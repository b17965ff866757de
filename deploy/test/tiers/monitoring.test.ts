import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findService } from '../../src/model/edges.ts';
import { containerSystem } from '../../src/render/container-system.ts';
import { problemsOf } from '../../src/rules/index.ts';
import { system } from '../../src/system.ts';
import { dashboardsOf } from '../../src/tiers/monitoring/dashboards/all.ts';
import { dashboardJson } from '../../src/tiers/monitoring/dashboards/dashboard.ts';
import { ruleGroups } from '../../src/tiers/monitoring/rules.ts';
import { refreshMonitoring, withMonitoring } from '../../src/tiers/monitoring.ts';
import { knownMetrics } from './support/known-metrics.ts';
import { metricNames } from './support/promql.ts';
import { composed, configIn, serviceIn } from './support/systems.ts';

interface ScrapeConfig {
  readonly job_name: string;
  readonly metrics_path: string;
  readonly authorization?: { readonly credentials_file: string };
  readonly dns_sd_configs: readonly { readonly names: readonly string[]; readonly port: number }[];
}
const production = composed('production');
const scrapes = (of = production): ScrapeConfig[] => parse(configIn(of, 'prometheus.yml')).scrape_configs;
const targetsOf = (job: string) =>
  scrapes()
    .find(({ job_name }) => job_name === job)
    ?.dns_sd_configs.map(({ names, port }) => `${names[0]}:${port}`);
const isOurs = (name: string) => findService(production, name)?.image.ours === true;

describe('what Prometheus asks', () => {
  it('is the deployment guide’s jobs, as far as they are built', () => {
    expect(targetsOf('lucid-auth')).toEqual(['lucid-auth-service:8089']);
    expect(targetsOf('lucid-api-gateway')).toEqual(['lucid-api-gateway:8080']);
    expect(targetsOf('lucid-blockchain')).toEqual([
      'lucid-blockchain-engine:8084',
      'lucid-session-anchoring:8085',
    ]);
    expect(targetsOf('lucid-session')?.toSorted()).toEqual([
      'lucid-chunk-processor:8085',
      'lucid-session-api:8087',
      'lucid-session-keys:8090',
      'lucid-session-pipeline:8083',
      'lucid-session-recorder:8084',
      'lucid-session-storage:8086',
    ]);
    expect(targetsOf('lucid-rdp')).toBeUndefined();
    expect(targetsOf('lucid-tron')).toBeUndefined();
  });

  it('is exporters and not the stores themselves, which speak no HTTP', () => {
    expect(targetsOf('lucid-foundation')).toEqual([
      'lucid-mongodb-exporter:9216',
      'lucid-redis-exporter:9121',
      'lucid-elasticsearch-exporter:9114',
    ]);
  });

  it('shows the token to our own services only', () => {
    for (const { authorization, dns_sd_configs } of scrapes())
      for (const { names } of dns_sd_configs)
        expect(authorization !== undefined, names[0]).toBe(isOurs(names[0] ?? ''));
  });

  it('is known to the model: whoever is asked is reached, and asks for the token', () => {
    const asked = scrapes().flatMap(({ dns_sd_configs }) => dns_sd_configs.flatMap(({ names }) => names));
    const others = asked.filter((name) => name !== 'lucid-prometheus');
    expect(serviceIn(production, 'lucid-prometheus').reaches).toEqual(expect.arrayContaining(others));
    for (const service of production.services.filter(({ image, kind }) => image.ours && kind !== 'job'))
      expect(service.secrets, service.name).toContainEqual({
        variable: 'METRICS_TOKEN',
        secret: 'metrics-token',
      });
  });

  it('asks our embedded database where it answers', () => {
    const small = withMonitoring(system);
    expect(
      scrapes(small).find(({ job_name }) => job_name === 'lucid-embedded')?.dns_sd_configs,
    ).toMatchObject([{ names: ['lucid-mongodb'], port: 27_018 }]);
    expect(problemsOf(small)).toEqual([]);
  });
});

describe('alerts and dashboards', () => {
  const everything = [
    ...['production', 'scale', 'vertical', 'autoscale'].map(composed),
    withMonitoring(system),
  ];
  const rulesOf = (of: typeof production) =>
    ruleGroups(of).flatMap(({ rules }): { expr: string; record?: string }[] => rules);
  const expressions = (of: typeof production) => [
    ...rulesOf(of).map(({ expr }) => expr),
    ...dashboardsOf(of).flatMap(({ panels }) =>
      panels.flatMap(({ queries }) => queries.map(({ expr }) => expr)),
    ),
  ];

  it('use no metric that nobody tells', async () => {
    const known = await knownMetrics();
    for (const of of everything) {
      const recorded = rulesOf(of).flatMap(({ record }) => record ?? []);
      for (const expression of expressions(of)) {
        const unknown = metricNames(expression).filter(
          (name) => !known.has(name) && !recorded.includes(name),
        );
        expect(unknown, expression).toEqual([]);
      }
    }
  });

  it('find a wrong name: the check above is able to fail', () => {
    expect(
      metricNames('sum by (a) (rate(no_such_total{b="c"}[5m])) / on (d) group_left () e:f > 0.1 and up'),
    ).toEqual(['no_such_total', 'e:f', 'up']);
  });

  it('show the guide’s four panels first', () => {
    expect(
      dashboardsOf(production)[0]
        ?.panels.slice(0, 4)
        .map(({ title }) => title),
    ).toEqual(['Service Health', 'Request Rate', 'Response Time', 'Error Rate']);
  });

  it('have stable ids, one per panel, and places that do not overlap', () => {
    for (const dashboard of dashboardsOf(production)) {
      const { uid, panels } = JSON.parse(dashboardJson(dashboard)) as {
        uid: string;
        panels: { id: number; gridPos: { x: number; y: number } }[];
      };
      expect(uid).toBe(`lucid-${dashboard.name}`);
      expect(panels.map(({ id }) => id)).toEqual(panels.map((_, at) => at + 1));
      expect(new Set(panels.map(({ gridPos: { x, y } }) => `${x}/${y}`)).size).toBe(panels.length);
    }
  });

  it('know the limits of the model', () => {
    const limit = rulesOf(production).find(
      (rule) => rule.record === 'lucid:service_memory_limit_bytes' && 'labels' in rule,
    );
    expect(limit).toMatchObject({ expr: 'vector(536870912)', labels: { service: 'lucid-auth-service' } });
  });

  it('follow what a profile or an override changes afterwards', () => {
    const changed = {
      ...production,
      services: production.services.map((service) =>
        service.name === 'lucid-auth-service'
          ? { ...service, resources: { ...service.resources, limits: { cpus: 3, memoryMiB: 64 } } }
          : service,
      ),
    };
    expect(configIn(refreshMonitoring(changed), 'prometheus-rules.yml')).toContain(
      `vector(${64 * 1024 * 1024})`,
    );
    expect(refreshMonitoring(production)).toEqual(production);
    expect(refreshMonitoring(system)).toEqual(system);
  });

  it('are the same texts every time', () => {
    expect(composed('scale')).toEqual(composed('scale'));
  });
});

describe('the three themselves', () => {
  it('are published to this machine alone', () => {
    for (const name of ['lucid-prometheus', 'lucid-alertmanager', 'lucid-grafana'])
      expect(serviceIn(production, name).publishedPorts.map(({ host }) => host)).toEqual(['127.0.0.1']);
  });

  it('send alerts nowhere unless told where', () => {
    const receivers = (of: typeof production) => parse(configIn(of, 'alertmanager.yml')).receivers;
    expect(receivers(production)).toEqual([{ name: 'nobody' }, { name: 'critical' }, { name: 'warning' }]);
    const told = withMonitoring(system, { webhookUrl: 'http://hook.example/alerts' });
    expect(receivers(told)[1].webhook_configs[0].url).toBe('http://hook.example/alerts');
  });

  it('give Grafana its password in a file', () => {
    const grafana = containerSystem(production).services.find(
      ({ service }) => service.name === 'lucid-grafana',
    );
    expect(grafana?.environment.GF_SECURITY_ADMIN_PASSWORD__FILE).toBe('/run/secrets/grafana-password');
  });
});
