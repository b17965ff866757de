import { debian12, type ImageDefinition } from '../../src/images/definition.ts';

/** Prometheus 2.42 of Debian, with promtool; folders, user and options of the official image. */
export const prometheus: ImageDefinition = {
  name: 'prometheus',
  tag: '2.42',
  standsFor: 'prom/prometheus:v2.48.0',
  variable: 'PROMETHEUS_IMAGE',
  source: debian12('prometheus=2.42.*'),
  pick: [
    '/usr/bin/prometheus',
    '/usr/bin/promtool',
    '/usr/share/prometheus',
    '/etc/prometheus/prometheus.yml',
  ],
  owned: [{ path: '/prometheus', uid: 65534, gid: 65534 }],
  run: {
    entrypoint: ['/bin/prometheus'],
    command: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus'],
    user: 'nobody',
    workingDirectory: '/prometheus',
    ports: [9090],
    volumes: ['/prometheus'],
  },
};
