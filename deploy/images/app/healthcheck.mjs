// Docker runs this beside the service: 0 when it is ready for work, 1 when it is not, with one line that says why.
// A bare socket: loading node:http alone would double what a look costs.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { withDefaults } from './instance.mjs';

const DEADLINE_MS = 5_000;

const { defaults } = JSON.parse(readFileSync(new URL('service.json', import.meta.url), 'utf8'));
const { HEALTH_PORT, PORT } = withDefaults(process.env, defaults);
const port = Number(HEALTH_PORT ?? PORT);

function end(ready, line) {
  process.stdout.write(`${line}\n`);
  process.exit(ready ? 0 : 1);
}

if (!port) end(false, 'neither HEALTH_PORT nor PORT is set');
setTimeout(() => end(false, `no answer within ${DEADLINE_MS} ms`), DEADLINE_MS);
let answer = '';
const socket = connect(port, '127.0.0.1');
socket
  .on('error', (error) => end(false, `no answer: ${error.message}`))
  .on('data', (bytes) => {
    answer += bytes;
    const [, status] = /^HTTP\/1\.\d (\d{3})/.exec(answer) ?? [];
    if (status) end(status === '200', `/health/ready: ${status}`);
  })
  .on('close', () => end(false, 'the connection was closed without an answer'));
socket.write('GET /health/ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n');
