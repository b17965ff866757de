import { createServer } from 'node:net';
import { freePort } from '@lucid/testing';

const USUAL_PORT = 8080;

/** Where the seeds’ scripts look for the gateway, or a free port where another system has that one. */
export async function gatewayAddress(): Promise<string> {
  return `127.0.0.1:${(await isFree(USUAL_PORT)) ? USUAL_PORT : await freePort()}`;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
