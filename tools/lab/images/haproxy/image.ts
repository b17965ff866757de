import { debian12, type ImageDefinition } from '../../src/images/definition.ts';

/** HAProxy 2.6 of Debian; user, folders and signals of the official image. */
export const haproxy: ImageDefinition = {
  name: 'haproxy',
  tag: '2.6',
  standsFor: 'haproxy:2.6',
  variable: 'HAPROXY_IMAGE',
  source: debian12('haproxy=2.6.*'),
  pick: ['/usr/sbin/haproxy', '/etc/haproxy/errors'],
  user: { name: 'haproxy', uid: 99, gid: 99, home: '/var/lib/haproxy' },
  owned: [{ path: '/var/lib/haproxy', uid: 99, gid: 99 }],
  files: [
    { from: 'entrypoint.sh', to: '/usr/local/bin/docker-entrypoint.sh', mode: 0o755 },
    { to: '/usr/local/etc/haproxy/README', text: 'haproxy.cfg belongs here\n' },
  ],
  links: {
    '/usr/local/sbin/haproxy': '../../sbin/haproxy',
    '/usr/local/etc/haproxy/errors': '/etc/haproxy/errors',
  },
  run: {
    entrypoint: ['docker-entrypoint.sh'],
    command: ['haproxy', '-f', '/usr/local/etc/haproxy/haproxy.cfg'],
    user: 'haproxy',
    workingDirectory: '/var/lib/haproxy',
    stopSignal: 'SIGUSR1', // finish what is in flight
  },
};
