import { debian12, type ImageDefinition } from '../../src/images/definition.ts';

/** Squid 5.7 of Debian, a forward proxy: the only way out of a network that has none. */
export const squid: ImageDefinition = {
  name: 'squid',
  tag: '5.7',
  standsFor: 'ubuntu/squid:5.2-22.04_beta',
  variable: 'SQUID_IMAGE',
  source: debian12('squid=5.7-*', 'squid-common'),
  pick: [
    '/usr/sbin/squid',
    '/usr/lib/squid/log_file_daemon',
    '/usr/lib/squid/unlinkd',
    '/usr/share/squid/mime.conf',
    '/usr/share/squid/errors/templates',
    '/usr/share/squid/icons',
    '/etc/squid/errorpage.css',
    '/etc/squid/squid.conf',
  ],
  user: { name: 'proxy', uid: 13, gid: 13, home: '/var/spool/squid' },
  owned: ['/var/spool/squid', '/var/log/squid', '/run/squid'].map((path) => ({ path, uid: 13, gid: 13 })),
  files: [{ from: 'entrypoint.sh', to: '/usr/local/bin/entrypoint.sh', mode: 0o755 }],
  run: {
    entrypoint: ['entrypoint.sh'],
    command: ['-f', '/etc/squid/squid.conf', '-NYC'],
    ports: [3128],
    volumes: ['/var/log/squid', '/var/spool/squid'],
  },
};
