import { debian12, type ImageDefinition } from '../../src/images/definition.ts';

/** Alertmanager 0.25 of Debian, with amtool; folders, user and options of the official image. */
export const alertmanager: ImageDefinition = {
  name: 'alertmanager',
  tag: '0.25',
  standsFor: 'prom/alertmanager:v0.26.0',
  variable: 'ALERTMANAGER_IMAGE',
  source: debian12('prometheus-alertmanager=0.25.*'),
  pick: [
    '/usr/bin/prometheus-alertmanager',
    '/usr/bin/amtool',
    '/usr/share/prometheus/alertmanager',
    '/etc/prometheus/alertmanager.yml',
  ],
  owned: [{ path: '/alertmanager', uid: 65534, gid: 65534 }],
  links: {
    '/usr/bin/alertmanager': 'prometheus-alertmanager',
    '/etc/alertmanager/alertmanager.yml': '/etc/prometheus/alertmanager.yml',
  },
  run: {
    entrypoint: ['/bin/alertmanager'],
    command: ['--config.file=/etc/alertmanager/alertmanager.yml', '--storage.path=/alertmanager'],
    user: 'nobody',
    workingDirectory: '/alertmanager',
    ports: [9093],
    volumes: ['/alertmanager'],
  },
};
