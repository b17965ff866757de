import { images } from '../../../src/model/images.ts';
import { DEPLOYMENT, type Defect, SCALING } from '../support/defect.ts';
import { fragment } from '../support/fragment.ts';

const PROMETHEUS_YML = `scrape_configs:
  - job_name: 'lucid-foundation'
    static_configs:
      - targets: ['lucid-mongodb:27017', 'lucid-redis:6379']
  - job_name: 'lucid-tron'
    static_configs:
      - targets: ['lucid-tron-client:8085']
`;
const RULES_YML = `groups:
  - name: lucid-scaling
    rules:
      - alert: ServiceDown
        expr: up{job="lucid-.*"} == 0
        annotations: {summary: 'up{job=~"lucid-.*"} is what was meant'}
      - alert: Errors
        expr: rate(http_requests_total{status=~"5.."}[5m]) > 0
`;

export const watching: readonly Defect[] = [
  {
    rule: 'metrics',
    from: `${DEPLOYMENT}, Prometheus`,
    what: 'scrapes MongoDB and Redis themselves, which speak no HTTP',
    system: fragment((s, network) => {
      s.store('lucid-mongodb', { cluster: 'data', port: 27_017, network, image: images.mongo }).metricsAt(
        27_017,
      );
      s.store('lucid-redis', { cluster: 'data', port: 6379, network, image: images.redis }).metricsAt(6379);
      s.support('lucid-redis-exporter', { cluster: 'data', port: 9121, network, image: images.redisExporter })
        .reaches('lucid-redis')
        .metricsAt(9121);
      s.support('lucid-prometheus', { cluster: 'ops', port: 9090, network, image: images.prometheus });
    }),
    complaints: [
      'lucid-mongodb is asked for metrics, but mongo has none: an exporter does',
      'lucid-redis is asked for metrics, but redis has none: an exporter does',
      'lucid-mongodb has no exporter',
    ],
  },
  {
    rule: 'prometheus-files',
    from: `${DEPLOYMENT}, Prometheus; ${SCALING}, scaling rules`,
    what: 'alerts on up{job="lucid-.*"}, which no job is called, and asks ports that have no metrics',
    system: fragment((s, network) => {
      s.store('lucid-mongodb', { cluster: 'data', port: 27_017, network, image: images.mongo });
      s.store('lucid-redis', { cluster: 'data', port: 6379, network, image: images.redis });
      s.service('lucid-tron-client', { cluster: 'tron', plane: 'wallet', port: 8085, network });
      s.support('lucid-prometheus', { cluster: 'ops', port: 9090, network, image: images.prometheus })
        .reaches('lucid-mongodb', 'lucid-redis')
        .config({
          name: 'prometheus.yml',
          mountPath: '/etc/prometheus/prometheus.yml',
          content: PROMETHEUS_YML,
        })
        .config({ name: 'scaling-rules.yml', mountPath: '/etc/prometheus/rules.yml', content: RULES_YML });
    }),
    complaints: [
      'scaling-rules.yml compares with a pattern but without =~: expr: up{job="lucid-.*"} == 0',
      'lucid-prometheus asks lucid-mongodb:27017 for metrics, and there are none',
      'lucid-prometheus asks lucid-redis:6379 for metrics, and there are none',
      'lucid-prometheus asks lucid-tron-client, which it does not reach',
    ],
  },
];
