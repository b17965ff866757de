import type { ImageDefinition } from '../../src/images/definition.ts';

/** Consul 1.8.7, the last that Debian had (release 11), with the entry point's contract of the official image. */
export const consul: ImageDefinition = {
  name: 'consul',
  tag: '1.8.7',
  standsFor: 'hashicorp/consul:1.16',
  variable: 'CONSUL_IMAGE',
  source: { suite: 'bullseye', packages: ['consul=1.8.7*', 'util-linux'] },
  // This release's C library loads the lookup of names and addresses at run time.
  pick: ['/usr/bin/consul', '/usr/bin/setpriv', '/usr/lib/x86_64-linux-gnu/libnss_{files,dns}.so.2'],
  user: { name: 'consul', uid: 100, gid: 1000, home: '/consul' },
  owned: ['/consul/data', '/consul/config'].map((path) => ({ path, uid: 100, gid: 1000 })),
  files: [{ from: 'entrypoint.sh', to: '/usr/local/bin/docker-entrypoint.sh', mode: 0o755 }],
  run: {
    entrypoint: ['docker-entrypoint.sh'],
    command: ['agent', '-dev', '-client', '0.0.0.0'],
    ports: [8300, 8301, 8302, 8500, 8600],
    volumes: ['/consul/data'],
  },
};
