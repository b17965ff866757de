/** The proxy between the wallet plane and the world: whom it knows, how it is told, started and asked. */
import type { ProbeCheck } from '../model/probe.ts';

/** The hosts of the two TRON networks of the deployment guide; nothing else is reachable from the wallet plane. */
export const EGRESS_ALLOWED_HOSTS = ['api.trongrid.io', 'api.shasta.trongrid.io'] as const;

/**
 * Squid as a forward proxy that opens tunnels to port 443 of the given hosts and refuses everything else.
 * It caches nothing and keeps its log on standard output. `-n`: an address is no name, whatever its owner lets the DNS
 * say of it; without that Squid looks the name of an address up, and anybody can call their own `api.trongrid.io`.
 */
export function squidConfig(hosts: readonly string[]): string {
  return [
    'http_port 3128',
    'acl CONNECT method CONNECT',
    'acl tls port 443',
    `acl allowed dstdomain -n ${hosts.join(' ')}`,
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

/**
 * Squid itself as the user it works as, in place of an entry point that begins as root: who drops root afterwards may not
 * open a standard output that belongs to root, and would not start.
 */
export const SQUID_COMMAND = ['squid', '-f', '/etc/squid/squid.conf', '-NYC'] as const;

/**
 * Whether somebody listens on 3128 (0C38), by what the kernel says: `squid -k check` refuses to look for a process 1, and
 * a plain shell is all that every image of Squid has.
 */
export const SQUID_PROBE: ProbeCheck = {
  kind: 'command',
  command: ['sh', '-c', "grep -qs ':0C38 .* 0A ' /proc/net/tcp /proc/net/tcp6"],
};
