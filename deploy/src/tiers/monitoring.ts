/** Prometheus, Alertmanager and Grafana, with configuration made from the graph. */
import { extendSystem, type SystemPen } from '../model/define-system.ts';
import { images } from '../model/images.ts';
import type { Network, Secret, Service, System } from '../model/types.ts';
import type { AlertReceivers } from './monitoring/alertmanager-config.ts';
import { monitoringFiles } from './monitoring/config-files.ts';
import { MONITORING } from './monitoring/names.ts';
import { watchedServices } from './monitoring/scrape-jobs.ts';
import { networkOf } from './pieces.ts';

/**
 * The scaling plan keeps 30 days within 50 GB; these are half the days. Prometheus drops its oldest before the disk is
 * full: four fifths of it, as its own guide to storage has it, because what is being written and compacted counts beside.
 */
const PROMETHEUS_SIZE_GIB = 25;
const PROMETHEUS_KEEPS_GIB = 20;

/** Adds the three; every service of our own then asks for a token before it tells its metrics. */
export function withMonitoring(system: System, receivers: AlertReceivers = {}): System {
  const network = networkOf(system, MONITORING.network);
  const answering = { ...system, services: system.services.map(withOwnMetrics) };
  const extended = extendSystem(answering, (s) => {
    s.secret(MONITORING.token, 'base64url-32');
    const grafanaPassword = s.secret('grafana-password', 'base64url-32');
    drawPrometheus(s, network);
    drawAlertmanager(s, network);
    drawGrafana(s, network, grafanaPassword);
  });
  return refreshMonitoring({ ...extended, services: extended.services.map(withToken) }, receivers);
}

/**
 * Writes the configuration anew from the system as it is now: limits, edges and services that a profile or an override
 * has changed since `withMonitoring` are in it. A system without monitoring is left alone.
 */
export function refreshMonitoring(system: System, receivers: AlertReceivers = {}): System {
  const files = monitoringFiles(system, receivers);
  const watched = watchedServices(system, MONITORING.network)
    .map(({ name }) => name)
    .filter((name) => name !== MONITORING.prometheus.name);
  return {
    ...system,
    services: system.services.map((service) => {
      const configs = files.get(service.name);
      if (!configs) return service;
      const reaches =
        service.name === MONITORING.prometheus.name
          ? [...new Set([...watched, MONITORING.alertmanager.name])]
          : service.reaches;
      return { ...service, configs, reaches };
    }),
  };
}

/** Our own stores answer `/metrics` where they answer their probe. */
function withOwnMetrics(service: Service): Service {
  const check = service.probe?.check;
  if (service.kind !== 'store' || !service.image.ours || check?.kind !== 'http') return service;
  return { ...service, metrics: { port: check.port, path: '/metrics' } };
}

function withToken(service: Service): Service {
  const asks = service.name === MONITORING.prometheus.name;
  const isAsked = service.image.ours && service.kind !== 'job';
  if (!asks && !isAsked) return service;
  return {
    ...service,
    secrets: [...service.secrets, { variable: 'METRICS_TOKEN', secret: MONITORING.token }],
  };
}

function drawPrometheus(s: SystemPen, network: Network): void {
  const { name, port } = MONITORING.prometheus;
  s.support(name, { cluster: 'ops', network, port, image: images.prometheus })
    .command(
      'prometheus',
      '--config.file=/etc/prometheus/prometheus.yml',
      '--storage.tsdb.path=/prometheus',
      '--storage.tsdb.retention.time=15d',
      `--storage.tsdb.retention.size=${PROMETHEUS_KEEPS_GIB}GB`, // Prometheus counts in 1024³
    )
    .volume('lucid-prometheus-data', '/prometheus', { sizeGiB: PROMETHEUS_SIZE_GIB })
    .publishedPort({ host: '127.0.0.1', port, target: port })
    .probeBy({ kind: 'http', path: '/-/ready', port }, { intervalSeconds: 10 })
    .memory({ expectedMiB: 200, heapMiB: 0 })
    .resources({ cpus: 1, memoryMiB: 1024 }, { cpus: 0.1, memoryMiB: 256 })
    .metricsAt(port)
    .pinned();
}

function drawAlertmanager(s: SystemPen, network: Network): void {
  const { name, port } = MONITORING.alertmanager;
  s.support(name, { cluster: 'ops', network, port, image: images.alertmanager })
    .command(
      'alertmanager',
      '--config.file=/etc/alertmanager/alertmanager.yml',
      '--storage.path=/alertmanager',
      '--cluster.listen-address=', // alone: nobody to gossip with
    )
    .volume('lucid-alertmanager-data', '/alertmanager', { sizeGiB: 1 }) // silences
    .publishedPort({ host: '127.0.0.1', port, target: port })
    .probeBy({ kind: 'http', path: '/-/ready', port }, { intervalSeconds: 10 })
    .memory({ expectedMiB: 40, heapMiB: 0 })
    .resources({ cpus: 0.25, memoryMiB: 128 }, { cpus: 0.02, memoryMiB: 32 })
    .metricsAt(port)
    .pinned();
}

function drawGrafana(s: SystemPen, network: Network, password: Secret): void {
  const { name, port } = MONITORING.grafana;
  s.support(name, { cluster: 'ops', network, port, image: images.grafana })
    .env({
      GF_SECURITY_ADMIN_USER: 'admin',
      GF_USERS_ALLOW_SIGN_UP: 'false',
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
      GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
    })
    .secret('GF_SECURITY_ADMIN_PASSWORD_', password) // Grafana's spelling of `*_FILE` has one underscore more
    .volume('lucid-grafana-data', '/var/lib/grafana', { sizeGiB: 1 }) // users; dashboards are files
    .publishedPort({ host: '127.0.0.1', port, target: port })
    .reaches(MONITORING.prometheus.name)
    .startsAfter(MONITORING.prometheus.name)
    .probeBy({ kind: 'http', path: '/api/health', port }, { intervalSeconds: 10 })
    .memory({ expectedMiB: 120, heapMiB: 0 })
    .resources({ cpus: 0.5, memoryMiB: 512 }, { cpus: 0.05, memoryMiB: 128 })
    .metricsAt(port)
    .pinned();
}
