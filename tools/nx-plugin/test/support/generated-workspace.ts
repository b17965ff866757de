import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createTree } from '@nx/devkit/testing';
import generateService, { type ServiceOptions } from '../../src/generators/service/generator.ts';

const workspace = join(import.meta.dirname, '..', '..', '..', '..');

/**
 * A small workspace in `folder` with the generated service in it: our libraries as they are, except for the contracts,
 * which are a copy because the generator adds to them. Nothing of the real workspace is written.
 * @returns the files the generator wrote
 */
export function generateInto(folder: string, options: ServiceOptions): string[] {
  for (const file of ['tsconfig.base.json', 'biome.json', '.gitignore', 'vitest.config.ts', 'package.json'])
    cpSync(join(workspace, file), join(folder, file));
  cpSync(join(workspace, 'libs', 'contracts'), join(folder, 'libs', 'contracts'), { recursive: true });
  linkModules(folder);

  const tree = createTree();
  const door = 'libs/contracts/src/index.ts';
  tree.write(door, readFileSync(join(workspace, door)));
  generateService(tree, options);
  const changes = tree.listChanges();
  for (const { path, content } of changes) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content ?? '');
  }
  return changes.map(({ path }) => path).sort();
}

/** node_modules of links: third-party packages and our libraries from the real one, the contracts from the copy. */
function linkModules(folder: string): void {
  const modules = join(folder, 'node_modules');
  const real = join(workspace, 'node_modules');
  mkdirSync(join(modules, '@lucid'), { recursive: true });
  const link = (name: string): void => symlinkSync(join(real, name), join(modules, name));
  for (const name of readdirSync(real)) if (name !== '@lucid') link(name);
  for (const name of readdirSync(join(real, '@lucid'))) if (name !== 'contracts') link(join('@lucid', name));
  symlinkSync(join(folder, 'libs', 'contracts'), join(modules, '@lucid', 'contracts'));
}
