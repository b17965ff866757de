/**
 * `npm test`. Runs on any Node from 20 on and hands over to the workspace's own Node, which understands TypeScript.
 * Arguments are those of tools/ci/src/test.ts.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const node = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');

if (!existsSync(node)) {
  console.error('The dependencies are not installed: run `npm ci` first.');
  process.exit(1);
}
const child = spawn(node, [join(root, 'tools', 'ci', 'src', 'test.ts'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name));
child.once('exit', (code) => process.exit(code ?? 1));
