/**
 * Bundles a project's entry point into one ESM file with a source map: `node bundle.ts <project root> <entry>`.
 * The image of a service holds this file and nothing else, so everything except Node's own modules is bundled.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { inlineWorkers } from './inline-workers.ts';

/**
 * CommonJS dependencies inside an ESM bundle still call `require` and read `__dirname`, which ESM does not have.
 * The names are private to the banner so that no bundled module's own declaration clashes with them.
 */
const banner = [
  "import { createRequire as __lucidCreateRequire } from 'node:module';",
  'const require = __lucidCreateRequire(import.meta.url);',
  'const __filename = import.meta.filename;',
  'const __dirname = import.meta.dirname;',
].join('\n');

export interface BundleOptions {
  /** Folder of the project. */
  readonly root: string;
  /** Entry point below `root`. */
  readonly entry: string;
  /** @default `<root>/dist/main.js` */
  readonly outfile?: string;
}

/** Writes `dist/main.js` and `dist/main.js.map`; rejects with esbuild's messages when something does not resolve. */
export async function bundle({
  root,
  entry,
  outfile = join(root, 'dist', 'main.js'),
}: BundleOptions): Promise<string> {
  rmSync(outfile, { force: true });
  await build({
    entryPoints: [join(root, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    sourcemap: true,
    sourcesContent: false,
    keepNames: true,
    banner: { js: banner },
    plugins: [inlineWorkers()],
    // The driver probes for optional native packages inside try/catch; absent ones are not worth a warning.
    logOverride: { 'require-resolve-not-external': 'silent' },
    logLevel: 'warning',
  });
  return outfile;
}

if (import.meta.main) {
  const [root, entry] = process.argv.slice(2);
  if (root === undefined || entry === undefined) {
    console.error('usage: node bundle.ts <project root> <entry>');
    process.exit(2);
  }
  try {
    console.log(await bundle({ root, entry }));
  } catch (error) {
    if (!(error instanceof Error && 'errors' in error)) throw error;
    process.exitCode = 1; // esbuild has printed what does not resolve, and where
  }
}
