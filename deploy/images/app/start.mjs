// The entry point of every image: tells the service who it is, then becomes the service, in this same process 1.
import { readFileSync } from 'node:fs';
import { constants, hostname, networkInterfaces } from 'node:os';
import { identify } from './instance.mjs';

const BAD_CONFIG = 78; // the exit code services use for it too

const { name, defaults } = JSON.parse(readFileSync(new URL('service.json', import.meta.url), 'utf8'));
const { environment, problem } = identify({
  environment: process.env,
  defaults,
  hostname: hostname(),
  interfaces: networkInterfaces(),
});
if (problem) {
  process.stderr.write(`${name}: ${problem}\n`);
  process.exit(BAD_CONFIG);
}
Object.assign(process.env, environment);

// The kernel drops signals that process 1 does not handle. The service handles them once it is loaded; until then, and
// for a program that never does, they end the process as they would end any other.
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    if (process.listenerCount(signal) === 1) process.exit(128 + constants.signals[signal]);
  });
}

await import('./main.js');
