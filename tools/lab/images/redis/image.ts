import { debian12, type ImageDefinition } from '../../src/images/definition.ts';

/** Redis 7.0 of Debian; starts and owns its data as the official image does (user 999). */
export const redis: ImageDefinition = {
  name: 'redis',
  tag: '7',
  standsFor: 'redis:7',
  variable: 'REDIS_IMAGE',
  source: debian12('redis-server=5:7.0.*', 'util-linux'),
  // redis-server is a link to redis-check-rdb: one program, which looks at its name.
  pick: ['/usr/bin/redis-server', '/usr/bin/redis-cli', '/usr/bin/redis-benchmark', '/usr/bin/setpriv'],
  user: { name: 'redis', uid: 999, gid: 999, home: '/data' },
  owned: [{ path: '/data', uid: 999, gid: 999 }],
  files: [{ from: 'entrypoint.sh', to: '/usr/local/bin/docker-entrypoint.sh', mode: 0o755 }],
  run: {
    entrypoint: ['docker-entrypoint.sh'],
    command: ['redis-server'],
    workingDirectory: '/data',
    ports: [6379],
    volumes: ['/data'],
  },
};
