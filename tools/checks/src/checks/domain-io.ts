import type { Check, Finding } from '../check.ts';
import { domainFiles, sourceFiles } from '../support/paths.ts';
import { importsOf } from '../support/source.ts';
import type { Workspace } from '../workspace.ts';

/** Node's modules that touch nothing outside the process. */
const pureBuiltins: ReadonlySet<string> = new Set([
  'assert',
  'assert/strict',
  'buffer',
  'crypto',
  'events',
  'path',
  'path/posix',
  'querystring',
  'stream',
  'string_decoder',
  'url',
  'util',
  'util/types',
  'zlib',
]);

/** Packages that talk to the outside. Types from them are fine. */
const ioPackages =
  /^(mongodb|undici|fastify|@fastify\/.+|ioredis|pino.*|prom-client|execa|dockerode|docker-compose|tronweb|listr2|rate-limiter-flexible|dns-packet|@elastic\/elasticsearch|autocannon)$/;
const ioLibs: ReadonlySet<string> = new Set(
  [
    'config',
    'discovery',
    'health',
    'http-client',
    'lifecycle',
    'logging',
    'metrics',
    'mongo',
    'redis',
    'search',
    'service',
  ].map((name) => `@lucid/${name}`),
);
/** Files of a service that a rule or state machine must not know. */
const outerFiles = /\/(adapters|routes|app|main|config|health|metrics)(\/|\.ts$)/;

/** Libraries that are domain all through; the simulator and the offline verifier rely on it. */
const pureLibs =
  /^libs\/(merkle|chunk-codec|manifest|ledger|poot|proof|scaling|money|tron-address|clock\/src\/random)(\/|\.ts$)/;

export const domainIo: Check = {
  name: 'domain-io',
  rule: 'domain/ folders and the domain libraries import nothing that does I/O',
  run: (workspace) => pureFiles(workspace).flatMap((file) => ioImports(file, workspace.read(file))),
};

function pureFiles(workspace: Workspace): string[] {
  const inLibs = sourceFiles(workspace).filter((file) => pureLibs.test(file));
  return [...new Set([...domainFiles(workspace), ...inLibs])];
}

function ioImports(file: string, text: string): Finding[] {
  return importsOf(text)
    .filter(({ typeOnly, specifier }) => !typeOnly && doesIo(specifier))
    .map(({ specifier, line }) => ({
      file,
      line,
      reason: `imports \`${specifier}\`, which does I/O or is outside the domain`,
    }));
}

function doesIo(specifier: string): boolean {
  if (specifier.startsWith('node:')) return !pureBuiltins.has(specifier.slice('node:'.length));
  if (specifier.startsWith('.')) return outerFiles.test(specifier.replace(/^(\.\.?\/)+/, '/'));
  return ioPackages.test(specifier) || ioLibs.has(specifier.split('/').slice(0, 2).join('/'));
}
