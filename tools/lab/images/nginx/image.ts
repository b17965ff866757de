import { debian12, type ImageDefinition } from '../../src/images/definition.ts';

/** nginx 1.22 of Debian with the configuration, folders and signals of the official image. */
export const nginx: ImageDefinition = {
  name: 'nginx',
  tag: '1.22',
  standsFor: 'nginx:1.26',
  variable: 'NGINX_IMAGE',
  source: debian12('nginx=1.22.*', 'curl'),
  pick: [
    '/usr/sbin/nginx',
    '/usr/bin/curl',
    '/etc/nginx/mime.types',
    '/etc/nginx/fastcgi_params',
    '/etc/nginx/uwsgi_params',
  ],
  user: { name: 'nginx', uid: 101, gid: 101, home: '/var/cache/nginx' },
  owned: ['/var/cache/nginx', '/var/lib/nginx'].map((path) => ({ path, uid: 101, gid: 101 })),
  files: [
    { from: 'nginx.conf', to: '/etc/nginx/nginx.conf' },
    { from: 'default.conf', to: '/etc/nginx/conf.d/default.conf' },
    {
      to: '/usr/share/nginx/html/index.html',
      text: '<!doctype html><title>nginx</title><p>nginx answers.</p>\n',
    },
    { from: 'entrypoint.sh', to: '/docker-entrypoint.sh', mode: 0o755 },
  ],
  links: { '/var/log/nginx/access.log': '/dev/stdout', '/var/log/nginx/error.log': '/dev/stderr' },
  run: {
    entrypoint: ['/docker-entrypoint.sh'],
    command: ['nginx', '-g', 'daemon off;'],
    ports: [80],
    stopSignal: 'SIGQUIT', // finish what is in flight
  },
};
