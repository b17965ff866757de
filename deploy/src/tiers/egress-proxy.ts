/** The hosts of the two TRON networks of the deployment guide; nothing else is reachable from the wallet plane. */
export const EGRESS_ALLOWED_HOSTS = ['api.trongrid.io', 'api.shasta.trongrid.io'] as const;

/**
 * Squid as a forward proxy that opens tunnels to port 443 of the given hosts and refuses everything else.
 * It caches nothing and keeps its log on standard output.
 */
export function squidConfig(hosts: readonly string[]): string {
  return [
    'http_port 3128',
    'acl CONNECT method CONNECT',
    'acl tls port 443',
    `acl allowed dstdomain ${hosts.join(' ')}`,
    'http_access allow CONNECT tls allowed',
    'http_access deny all',
    'cache deny all',
    'via off',
    'forwarded_for delete',
    'access_log stdio:/dev/stdout',
    'cache_log stdio:/dev/stderr',
    'pid_filename /tmp/squid.pid',
    'coredump_dir /tmp',
    'shutdown_lifetime 5 seconds',
    '',
  ].join('\n');
}
