import { type EdgeStatus, envelope } from './answers.ts';
import {
  CLIENT_LIMITS,
  EDGE_CERTIFICATE_PATH,
  EDGE_PORTS,
  type EdgeFacts,
  IDLE_TIMEOUT,
  REFUSED_PATHS,
} from './facts.ts';

export const NGINX_CONFIG_PATH = '/etc/nginx/nginx.conf';
/** What only the container knows: who resolves names, and what short names end with in Kubernetes. */
const DISCOVERY_PATH = '/tmp/discovery.conf';

/** nginx reads no /etc/resolv.conf: its start hands on what is in there. */
export const NGINX_START = [
  'while read -r key first rest; do case "$key $first" in',
  '"nameserver "*) [ -n "$server" ] || server=$first;;',
  '"search "*.svc.*) suffix=".$first";;',
  'esac; done < /etc/resolv.conf;',
  `echo "resolver $server valid=1s ipv6=off; map \\$host \\$dns_suffix { default '$suffix'; }" > ${DISCOVERY_PATH};`,
  `exec nginx -c ${NGINX_CONFIG_PATH} -g "daemon off;"`,
].join(' ');

/**
 * nginx ≥ 1.22 without its commercial parts: each request goes to one of the name's addresses of this second, taken at
 * random, and to another when no connection comes about. Nobody is asked beforehand whether he is ready.
 */
export function nginxConfig(facts: EdgeFacts): string {
  return `${[...head(), ...http(facts)].join('\n')}\n`;
}

function head(): string[] {
  return [
    'user nginx;', // of the image
    'worker_processes 2;',
    'pid /tmp/nginx.pid;',
    'error_log stderr warn;',
    'worker_shutdown_timeout 25s;',
    'events { worker_connections 8192; }',
    '',
  ];
}

function http(facts: EdgeFacts): string[] {
  const { requestsPer10s, connections } = CLIENT_LIMITS;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return [
    'http {',
    '    access_log /dev/stdout combined;',
    ...temporary.map((kind) => `    ${kind}_temp_path /tmp/nginx-${kind};`),
    '    server_tokens off;',
    `    include ${DISCOVERY_PATH};`,
    "    map $http_upgrade $connection_upgrade { default upgrade; '' ''; }",
    "    map $http_x_request_id $id_of_request { default $http_x_request_id; '' $request_id; }",
    `    limit_req_zone $binary_remote_addr zone=requests:20m rate=${requestsPer10s.value / 10}r/s;`,
    '    limit_conn_zone $binary_remote_addr zone=connections:20m;',
    `    limit_req zone=requests burst=${requestsPer10s.value} nodelay;`,
    `    limit_conn connections ${connections.value};`,
    '    limit_req_status 429;',
    '    limit_conn_status 429;',
    '',
    ...door(facts),
    ...internal(),
    '}',
  ];
}

function door(facts: EdgeFacts): string[] {
  const refused = REFUSED_PATHS.map((path) => path.slice(1)).join('|');
  return [
    '    server {',
    `        listen ${EDGE_PORTS.http};`,
    `        listen ${EDGE_PORTS.https} ssl;`,
    `        ssl_certificate ${EDGE_CERTIFICATE_PATH};`,
    `        ssl_certificate_key ${EDGE_CERTIFICATE_PATH};`,
    '        ssl_protocols TLSv1.2 TLSv1.3;',
    '        client_max_body_size 0;',
    '        client_header_timeout 15s;',
    `        client_body_timeout ${IDLE_TIMEOUT.value};`,
    ...([429, 502, 503, 504] as const).map((status) => `        error_page ${status} @${status};`),
    '        # Compared with the path as a server would understand it: decoded, without double slashes and dots.',
    `        location ~* ^/(${refused})(/|$) { ${answer(404)} }`,
    ...([429, 502, 503, 504] as const).map(
      (status) =>
        `        location @${status} { ${status === 429 ? 'add_header Retry-After 10 always; ' : ''}${answer(status)} }`,
    ),
    '        location / {',
    ...proxied(facts).map((line) => `            ${line}`),
    '        }',
    '    }',
    '',
  ];
}

function proxied({ gateway, gatewayPort }: EdgeFacts): string[] {
  return [
    `set $gateway "${gateway}\${dns_suffix}:${gatewayPort}";`,
    'proxy_pass http://$gateway;',
    'proxy_http_version 1.1;',
    '# Bodies pass through as they come, however long; what has been sent in part is not sent again.',
    'proxy_request_buffering off;',
    'proxy_buffering off;',
    'proxy_connect_timeout 5s;',
    `proxy_read_timeout ${IDLE_TIMEOUT.value};`,
    `proxy_send_timeout ${IDLE_TIMEOUT.value};`,
    'proxy_next_upstream error timeout;',
    'proxy_next_upstream_tries 3;',
    'proxy_set_header Host $http_host;',
    'proxy_set_header Upgrade $http_upgrade;',
    'proxy_set_header Connection $connection_upgrade;',
    '# The gateway believes one hop: what a stranger says of himself is replaced, not continued.',
    'proxy_set_header X-Forwarded-For $remote_addr;',
    'proxy_set_header X-Forwarded-Proto $scheme;',
    'proxy_set_header X-Request-Id $id_of_request;',
    'proxy_set_header Forwarded "";',
    'proxy_set_header X-Real-IP "";',
  ];
}

function internal(): string[] {
  return [
    '    server {',
    `        listen ${EDGE_PORTS.internal};`,
    '        access_log off;',
    '        location = /health { return 200 "ok\\n"; }',
    '        location = /status { stub_status; }',
    '        location / { return 404; }',
    '    }',
  ];
}

function answer(status: EdgeStatus): string {
  return `default_type application/json; return ${status} '${envelope(status, '$id_of_request', '$time_iso8601')}';`;
}
