export const HAPROXY_CONFIG_PATH = '/usr/local/etc/haproxy/haproxy.cfg';

/** What does not depend on the graph. `hold … 1h`: a name server that is silent is no reason to forget the gateways. */
export const HAPROXY_HEAD = [
  'global',
  '    log stdout format raw local0 info',
  '    maxconn 8000', // two descriptors each: fits the 20 000 that some engines allow a container
  '    tune.bufsize 32768',
  '    hard-stop-after 25s',
  '    ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets',
  '',
  '# Every address of the name, asked for each second: from /etc/resolv.conf comes who is to be asked.',
  'resolvers cluster',
  '    parse-resolv-conf',
  '    accepted_payload_size 4096',
  '    resolve_retries 3',
  '    timeout resolve 1s',
  '    timeout retry 1s',
  '    hold valid 1s',
  '    hold obsolete 2s',
  '    hold nx 5s',
  '    hold timeout 1h',
  '    hold refused 1h',
  '    hold other 1h',
  '',
] as const;

/**
 * HAProxy does not complete names by the search list of /etc/resolv.conf, which Kubernetes' short names need: where the
 * list begins with a Kubernetes domain, that is the suffix.
 */
export const HAPROXY_START = [
  'while read -r key first rest; do',
  'case "$key $first" in "search "*.svc.*) export EDGE_DNS_SUFFIX=".$first";; esac;',
  'done < /etc/resolv.conf;',
  `exec haproxy -W -db -f ${HAPROXY_CONFIG_PATH}`,
].join(' ');
