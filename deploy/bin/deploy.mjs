#!/usr/bin/env node
// Starts the command line with the Node the workspace pins, whatever Node the machine has. Plain JavaScript: it must
// run on old versions.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const pinned = join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');

function fail(message) {
  process.stderr.write(`error: ${message}\n`);
  process.exit(1);
}

if (!existsSync(join(root, 'node_modules/commander'))) {
  fail('the dependencies are not installed: run `npm ci` in the workspace first');
} else if (Number(process.versions.node.split('.')[0]) >= 24) {
  const { enableCompileCache } = await import('node:module');
  enableCompileCache?.();
  const { main } = await import('../src/cli.ts');
  await main(process.argv.slice(2));
} else if (existsSync(pinned)) {
  // The channel tells the child when this process is killed.
  const child = spawn(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`the pinned Node cannot be started: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
} else {
  fail(`Node ${process.versions.node} is too old and the pinned one is missing: run \`npm ci\` again`);
}
