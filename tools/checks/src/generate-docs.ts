/** Writes the generated pages: `node tools/checks/src/generate-docs.ts`. The check `generated-docs` only compares. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { apiFolder, renderDocs } from './docs/render.ts';
import { openWorkspace } from './workspace.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const workspace = openWorkspace(root);
const pages = await renderDocs(workspace);

for (const file of workspace.files) {
  if (file.startsWith(`${apiFolder}/`) && !pages.has(file)) rmSync(join(root, file));
}
for (const [file, text] of pages) {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
  console.log(file);
}
