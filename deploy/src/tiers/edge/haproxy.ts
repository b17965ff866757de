import type { EdgeAlgorithm } from './algorithms.ts';
import { type EdgeStatus, envelope } from './answers.ts';
import { CLIENT_LIMITS, EDGE_PORTS, type EdgeFacts, IDLE_TIMEOUT, REFUSED_PATHS } from './facts.ts';
import { HAPROXY_HEAD } from './haproxy-head.ts';

/** A number or time that an environment variable can replace, in HAProxy's spelling. */
const setting = ({ variable, value }: { readonly variable: string; readonly value: string | number }) =>
  `"\${${variable}-${value}}"`;

const BALANCE: Readonly<Record<EdgeAlgorithm, readonly string[]>> = {
  'round-robin': ['balance roundrobin'],
  'least-connections': ['balance leastconn'],
  weighted: ['balance roundrobin', 'default-server slowstart 30s'],
  'ip-hash': ['balance source', 'hash-type map-based'],
  // Nobody gets more than half again his share, however unevenly the clients fall onto the ring.
  'consistent-hash': ['balance source', 'hash-type consistent', 'hash-balance-factor 150'],
};

/** HAProxy ≥ 2.6. Finds the gateways by DNS, asks each whether it is ready, and streams bodies both ways. */
export function haproxyConfig(facts: EdgeFacts): string {
  return [
    ...HAPROXY_HEAD,
    ...defaults(),
    ...frontend(),
    ...gateways(facts),
    ...stickyGateways(facts),
    ...internal(),
  ]
    .join('\n')
    .concat('\n');
}

const answer = (status: EdgeStatus) =>
  `status ${status} content-type application/json lf-string '${envelope(status, '%[unique-id]', '%[date,utime(%Y-%m-%dT%H:%M:%SZ)]')}'`;

function defaults(): string[] {
  return [
    'defaults',
    '    mode http',
    '    log global',
    '    option httplog',
    '    option dontlognull',
    '    timeout connect 5s',
    '    timeout http-request 15s',
    '    timeout http-keep-alive 60s',
    '    timeout queue 30s',
    `    timeout client ${setting(IDLE_TIMEOUT)}`,
    `    timeout server ${setting(IDLE_TIMEOUT)}`,
    '    timeout client-fin 30s',
    '    timeout tunnel 1h',
    `    http-error ${answer(502)}`,
    `    http-error ${answer(503)} hdr Retry-After 1`,
    `    http-error ${answer(504)}`,
    '',
  ];
}

function frontend(): string[] {
  const refused = REFUSED_PATHS.map((path) => path.slice(1)).join('|');
  const tooMany = (measure: string, limit: string) =>
    `    http-request return ${answer(429)} hdr Retry-After 10 if { ${measure} gt ${limit} }`;
  return [
    'frontend door',
    `    bind :${EDGE_PORTS.http}`,
    `    bind :${EDGE_PORTS.https} ssl crt "\${EDGE_CERTIFICATE_FILE}" alpn h2,http/1.1`,
    '    unique-id-format %[uuid()]',
    '    # One customer is one IPv4 address or one IPv6 /64. Nobody takes more than half of all connections.',
    '    stick-table type ipv6 size 200k expire 60s store conn_cur,http_req_rate(10s)',
    '    tcp-request connection track-sc0 src,ipmask(32,64)',
    '    tcp-request connection reject if { sc_conn_cur(0) gt 4000 }',
    '    # Written in any way that a server could understand: encoded, with double slashes.',
    '    http-request set-var(txn.path) path,url_dec,regsub(/+,/,g)',
    `    http-request return ${answer(404)} if { var(txn.path) -m reg -i ^/(${refused})(/|$) }`,
    tooMany('sc_http_req_rate(0)', setting(CLIENT_LIMITS.requestsPer10s)),
    tooMany('sc_conn_cur(0)', setting(CLIENT_LIMITS.connections)),
    '    # The gateway believes one hop: what a stranger says of himself is replaced, not continued.',
    '    http-request del-header Forwarded',
    '    http-request del-header X-Real-IP',
    '    http-request set-header X-Forwarded-For %[src]',
    '    http-request set-header X-Forwarded-Proto https if { ssl_fc }',
    '    http-request set-header X-Forwarded-Proto http unless { ssl_fc }',
    '    http-request set-header X-Request-Id %[unique-id] unless { req.hdr(X-Request-Id) -m found }',
    '    use_backend sticky-gateways if { req.hdr(Upgrade) -m found }',
    '    default_backend gateways',
    '',
  ];
}

function gateways(facts: EdgeFacts): string[] {
  return [
    'backend gateways',
    ...BALANCE[facts.algorithm].map((line) => `    ${line}`),
    '    # Sent again to another replica: always when no connection came about, and otherwise only what may be repeated.',
    '    retries 3',
    '    option redispatch 1',
    '    retry-on conn-failure empty-response',
    '    http-request disable-l7-retry unless { method GET HEAD OPTIONS }',
    ...servers(facts, '2s'),
    '',
  ];
}

/** A WebSocket that breaks comes back to the replica it was at, by a cookie, behind one address for many as well. */
function stickyGateways(facts: EdgeFacts): string[] {
  return [
    'backend sticky-gateways',
    '    balance leastconn',
    '    dynamic-cookie-key lucid-edge',
    '    cookie LUCID_EDGE insert indirect nocache httponly dynamic attr SameSite=Lax',
    '    retries 3',
    '    option redispatch 1',
    ...servers(facts, '5s'),
    '',
  ];
}

/**
 * A gateway whose machine has lost power says nothing: not that it has gone, and not that it never got the request. So the
 * edge asks a silent connection every 2 s, and gives up one that acknowledges nothing for 20 s. Not sooner: a gateway that takes
 * no more of an upload because a disk is slow looks the same to the kernel.
 */
function servers(facts: EdgeFacts, interval: string): string[] {
  const name = `"${facts.gateway}\${EDGE_DNS_SUFFIX}:${facts.gatewayPort}"`;
  return [
    '    option httpchk',
    `    http-check send meth GET uri ${facts.healthPath} ver HTTP/1.1 hdr Host ${facts.gateway}`,
    '    http-check expect status 200',
    '    option srvtcpka',
    '    srvtcpka-idle 5s',
    '    srvtcpka-intvl 2s',
    '    srvtcpka-cnt 3',
    `    default-server tcp-ut 20s check inter ${interval} fall 2 rise 1 init-addr none resolvers cluster resolve-prefer ipv4`,
    `    server-template gateway 1-${facts.mostReplicas} ${name}`,
  ];
}

function internal(): string[] {
  return [
    '# For Prometheus and for people on the inside; not published.',
    'frontend internal',
    `    bind :${EDGE_PORTS.internal}`,
    '    option dontlog-normal',
    '    monitor-uri /health',
    '    http-request use-service prometheus-exporter if { path /metrics }',
    '    stats enable',
    '    stats uri /stats',
    '    stats refresh 10s',
    '    stats hide-version',
  ];
}
