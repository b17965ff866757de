/** A probe as a command that runs inside the container, with the programs its image has; and back again. */
import type { ContainerService } from '../container-system.ts';

const NODE = '/nodejs/bin/node';
/** In every image of ours; asks for this path, at the port its environment names. */
const OWN_CHECK = ['CMD', NODE, '/app/healthcheck.mjs'];
const OWN_PATH = '/health/ready';

/** How a program asks an address, and how that is recognised. */
interface Asker {
  readonly program: string;
  readonly http?: (url: Url) => string[];
  readonly tcp?: (port: number) => string[];
  readonly reads: readonly RegExp[];
}

interface Url {
  readonly port: number;
  readonly path: string;
  readonly timeoutSeconds: number;
}

const at = ({ port, path }: Url) => `http://127.0.0.1:${port}${path}`;
const ADDRESS = String.raw`http://127\.0\.0\.1:(\d+)(/\S*)`;

const ASKERS: readonly Asker[] = [
  {
    program: 'node',
    http: (url) => [
      NODE,
      '-e',
      `fetch('${at(url)}').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`,
    ],
    tcp: (port) => [NODE, '-e', `require('net').connect(${port}, '127.0.0.1', () => process.exit(0))`],
    reads: [
      new RegExp(`^${NODE} -e fetch\\('${ADDRESS}'\\)`),
      new RegExp(`^${NODE} -e require\\('net'\\)\\.connect\\((\\d+), `),
    ],
  },
  {
    program: 'curl',
    http: (url) => ['curl', '-fsS', '-o', '/dev/null', '--max-time', String(url.timeoutSeconds), at(url)],
    reads: [new RegExp(`^curl -fsS -o /dev/null --max-time \\d+ ${ADDRESS}$`)],
  },
  {
    program: 'wget',
    // Not `wget -T`, which crashes busybox as Debian 12 builds it; `timeout` is of busybox as well.
    http: (url) => ['timeout', String(url.timeoutSeconds), 'wget', '-q', '-O', '/dev/null', at(url)],
    reads: [new RegExp(`^timeout \\d+ wget -q -O /dev/null ${ADDRESS}$`)],
  },
  {
    program: 'bash',
    http: ({ port, path }) => [
      'bash',
      '-c',
      // 1.1, because Envoy refuses 1.0.
      `exec 3<>/dev/tcp/127.0.0.1/${port} && printf 'GET ${path} HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && test "$status" = 200`,
    ],
    tcp: (port) => ['bash', '-c', `exec 3<>/dev/tcp/127.0.0.1/${port}`],
    reads: [
      /^bash -c exec 3<>\/dev\/tcp\/127\.0\.0\.1\/(\d+) && printf 'GET (\S+) HTTP\/1\.1/,
      /^bash -c exec 3<>\/dev\/tcp\/127\.0\.0\.1\/(\d+)$/,
    ],
  },
];

/** The test of the probe, `CMD` first; undefined where no program of the image could do it. */
export function healthTest({ service, environment }: ContainerService): string[] | undefined {
  const { probe, image } = service;
  if (!probe) return undefined;
  const { check, timeoutSeconds } = probe;
  const has = (program: string) => image.programs.includes(program);
  if (check.kind === 'command') {
    const [program = ''] = check.command;
    return has(program) ? ['CMD', ...check.command] : undefined;
  }
  if (image.ours && check.kind === 'http' && check.path === OWN_PATH && check.port === ownPort(environment))
    return OWN_CHECK;
  const commands = ASKERS.filter(({ program }) => has(program)).flatMap((asker) => {
    const command =
      check.kind === 'tcp' ? asker.tcp?.(check.port) : asker.http?.({ ...check, timeoutSeconds });
    return command ? [command] : [];
  });
  return commands[0] && ['CMD', ...commands[0]];
}

/** What a test checks, in the words of `canonicalProbe`. */
export function checkOf(test: readonly string[], environment: Readonly<Record<string, string>>): string {
  const command = test.slice(1).join(' ');
  if (test.join(' ') === OWN_CHECK.join(' ')) return `GET :${ownPort(environment)}${OWN_PATH}`;
  for (const form of ASKERS.flatMap(({ reads }) => reads)) {
    const [all, port, path] = form.exec(command) ?? [];
    if (all !== undefined) return path === undefined ? `TCP :${port}` : `GET :${port}${path}`;
  }
  return `EXEC ${command}`;
}

function ownPort(environment: Readonly<Record<string, string>>): number {
  return Number(environment.HEALTH_PORT ?? environment.PORT);
}
