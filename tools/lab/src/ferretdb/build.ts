import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { buildKey, SOURCES } from '../paths.ts';
import { build } from '../system/build.ts';

const PACKAGE = 'github.com/FerretDB/FerretDB/v2/cmd/ferretdb';

/** The folder of the FerretDB binary; its name changes with go.mod and go.sum. */
export async function ferretdbDir(cache: string): Promise<string> {
  const [mod, sum] = await Promise.all(
    ['go.mod', 'go.sum'].map((name) => readFile(join(SOURCES.goModule, name), 'utf8')),
  );
  return join(cache, `ferretdb-${buildKey(mod ?? '', sum ?? '')}`);
}

/** Builds FerretDB from the pinned module, statically, for it runs inside another system's root folder. */
export async function buildFerretdb(cache: string, signal: AbortSignal): Promise<string> {
  const target = await ferretdbDir(cache);
  const part = `${target}.part`;
  await mkdir(part, { recursive: true });
  const args = [
    'build',
    '-trimpath',
    '-mod=readonly',
    '-ldflags=-s -w',
    '-o',
    join(part, 'ferretdb'),
    PACKAGE,
  ];
  const log = join(cache, 'logs', 'ferretdb-build.log');
  await build({ file: 'go', args }, { log, signal, cwd: SOURCES.goModule, env: { CGO_ENABLED: '0' } });
  await rename(part, target);
  return target;
}
