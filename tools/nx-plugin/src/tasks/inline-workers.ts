import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** How sources name the file of a thread: `new URL('./chain-worker.ts', import.meta.url)`. */
const WORKER = /new URL\(\s*'(\.{1,2}\/[^']*-worker\.ts)',\s*import\.meta\.url,?\s*\)/g;

/**
 * A bundle is one file, so the threads of a service have to be inside: each worker file is bundled by itself and stands in
 * the bundle as a `data:` URL, which Node runs as a module. A worker may therefore import Node's modules and ours, but
 * nothing that wants `require` or a path of its own.
 */
export const inlineWorkers = (): Plugin => ({
  name: 'inline-workers',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/, namespace: 'file' }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const names = new Set([...source.matchAll(WORKER)].flatMap(([, name]) => name ?? []));
      if (names.size === 0 || path.includes('/node_modules/')) return undefined;
      const urls = new Map<string, string>();
      for (const name of names) urls.set(name, await dataUrlOf(join(dirname(path), name)));
      const contents = source.replaceAll(WORKER, (_, name: string) => `new URL('${urls.get(name)}')`);
      return { contents, loader: 'ts' };
    });
  },
});

async function dataUrlOf(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    logLevel: 'warning',
  });
  const bytes = outputFiles[0]?.contents ?? new Uint8Array();
  return `data:text/javascript;base64,${Buffer.from(bytes).toString('base64')}`;
}
