// Starts a command line with the Node the workspace pins, whatever Node the machine has. Plain JavaScript without
// dependencies: it must run on old versions and before anything is installed.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const pinned = join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
const PINNED_MAJOR = 24;

function fail(message) {
  process.stderr.write(`error: ${message}\n`);
  process.exit(1);
}

/**
 * Calls `main(arguments)` of a module, in this process when its Node is new enough, else in a child with the pinned one.
 * @param {{ bin: string, entry: string }} command `import.meta.url` of the bin file, and the module relative to it
 */
export async function launch({ bin, entry }) {
  if (!existsSync(join(root, 'node_modules/commander'))) {
    fail('the dependencies are not installed: run `npm ci` in the workspace first');
  } else if (Number(process.versions.node.split('.')[0]) >= PINNED_MAJOR) {
    const { enableCompileCache } = await import('node:module');
    enableCompileCache?.();
    const { main } = await import(new URL(entry, bin).href);
    await main(process.argv.slice(2));
  } else if (existsSync(pinned)) {
    startPinned(fileURLToPath(bin));
  } else {
    fail(`Node ${process.versions.node} is too old and the pinned one is missing: run \`npm ci\` again`);
  }
}

function startPinned(bin) {
  // The channel tells the child when this process is killed.
  const child = spawn(pinned, [bin, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`the pinned Node cannot be started: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}
