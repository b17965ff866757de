import { type Dirent, existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { directory, rootFile, rootLink, withParents } from './entries.ts';
import type { TarEntry } from './tar.ts';

/** Where things are on the machine that gives its libraries. */
export interface BaseSources {
  /** The pinned Node. */
  readonly node: string;
  /** What it is linked with, with the loader. */
  readonly libraries: readonly string[];
  /** @default `/etc/ssl/certs/ca-certificates.crt` */
  readonly certificates?: string;
  /** @default `/usr/share/zoneinfo` */
  readonly timeZones?: string;
}

const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
const TIME_ZONES = '/usr/share/zoneinfo';
/** Opened by name while a host name is resolved, so `ldd` does not know them; newer C libraries have them built in. */
const NAME_SERVICE = ['libnss_files.so.2', 'libnss_dns.so.2', 'libresolv.so.2'];

const ACCOUNTS = {
  '/etc/passwd':
    'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65534:65534:nonroot:/nonexistent:/sbin/nologin\n',
  '/etc/group': 'root:x:0:\nnonroot:x:65534:\n',
  '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
};

/** Everything a service needs below it: Node where the distroless image has it, libraries, accounts, certificates, zones. */
export function baseLayer(sources: BaseSources): TarEntry[] {
  const { node, libraries, certificates = CERTIFICATES, timeZones = TIME_ZONES } = sources;
  const clib = libraries.find((path) => path.endsWith('/libc.so.6'));
  const nameService = clib ? NAME_SERVICE.map((name) => join(dirname(clib), name)).filter(existsSync) : [];
  return withParents([
    rootFile('/nodejs/bin/node', readFileSync(node), 0o555),
    ...[...new Set([...libraries, ...nameService])].map((path) => rootFile(path, readFileSync(path), 0o555)),
    ...Object.entries(ACCOUNTS).map(([path, text]) => rootFile(path, text)),
    ...(existsSync(certificates) ? [rootFile(CERTIFICATES, readFileSync(certificates))] : []),
    ...(existsSync(timeZones) ? treeOf(timeZones, TIME_ZONES) : []),
    directory('/tmp', 0o1777),
  ]);
}

/** A folder with what is below it; `posix` and `right` say the same zones again. */
function treeOf(folder: string, at: string): TarEntry[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'posix' && name !== 'right')
    .flatMap((child) => entriesOf(child, join(folder, child.name), `${at}/${child.name}`));
}

function entriesOf(child: Dirent, source: string, at: string): TarEntry[] {
  if (child.isDirectory()) return [directory(at), ...treeOf(source, at)];
  if (child.isSymbolicLink()) return [rootLink(at, readlinkSync(source))];
  return [rootFile(at, readFileSync(source))];
}
