import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { runStaged, stageApp, startStaged } from './support/staged-app.ts';

const servers: Server[] = [];
const folders: Disposable[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  for (const folder of folders.splice(0)) folder[Symbol.dispose]();
});

const staged = (...given: Parameters<typeof stageApp>) => {
  const folder = stageApp(...given);
  folders.push(folder);
  return folder;
};

async function listening(server: Server): Promise<string> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return String((server.address() as AddressInfo).port);
}

const answering = (status: number) =>
  listening(
    createServer((request, response) =>
      response.writeHead(request.url === '/health/ready' ? status : 404).end('{}'),
    ),
  );

describe('the health check', () => {
  test('is good when the service says it is ready, and says what it saw', async () => {
    const app = staged('');
    const port = await answering(200);
    expect(await runStaged(app, 'healthcheck.mjs', { PORT: port })).toMatchObject({
      code: 0,
      stdout: '/health/ready: 200',
    });
  });

  test('asks the health port where the service has one, also when only the image knows it', async () => {
    const health = await answering(200);
    const app = staged('', { PORT: '1', HEALTH_PORT: health });
    expect(await runStaged(app, 'healthcheck.mjs', { PORT: '2' })).toMatchObject({ code: 0 });
    const other = await answering(503);
    expect(await runStaged(app, 'healthcheck.mjs', { HEALTH_PORT: other })).toMatchObject({
      code: 1,
      stdout: '/health/ready: 503',
    });
  });

  test('is bad when nobody listens, when the connection ends without an answer, and when no port is known', async () => {
    const app = staged('');
    const silent = await listening(createTcpServer((socket) => socket.end()));
    const results = [
      await runStaged(app, 'healthcheck.mjs', { PORT: silent }),
      await runStaged(app, 'healthcheck.mjs', { PORT: '1' }),
      await runStaged(app, 'healthcheck.mjs'),
    ];
    expect(results.map(({ code }) => code)).toEqual([1, 1, 1]);
    expect(results.map(({ stdout }) => stdout)).toEqual([
      'the connection was closed without an answer',
      'no answer: connect ECONNREFUSED 127.0.0.1:1',
      'neither HEALTH_PORT nor PORT is set',
    ]);
  });
});

describe('the start', () => {
  test('tells the service who it is and runs it in the same process, with its arguments', async () => {
    const app = staged(
      'console.log(JSON.stringify([process.pid, process.argv[2] ?? null, process.env.INSTANCE_ID, process.env.ADVERTISED_ADDRESS]))',
    );
    const child = startStaged(app, 'start.mjs', { INSTANCE_ID: 'i', ADVERTISED_ADDRESS: 'a:1' });
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    expect(JSON.parse(String(chunk))).toEqual([child.pid, null, 'i', 'a:1']);
  });

  test('refuses an address that cannot be had with one line and exit code 78', async () => {
    const app = staged('console.log("started")', { PORT: '1' });
    const outcome = await runStaged(app, 'start.mjs', { ADVERTISED_NETWORK: '255.0.0.0/32' });
    expect(outcome).toMatchObject({ code: 78, stdout: '' });
    expect(outcome.stderr).toMatch(
      /^lucid-probe: no address to advertise: .* none in ADVERTISED_NETWORK 255\.0\.0\.0\/32$/,
    );
  });

  test('ends on SIGTERM as long as the service does not listen for it, and leaves it to the service after', async () => {
    const deaf = startStaged(staged('console.log("up"); setInterval(() => {}, 1000)'), 'start.mjs');
    await once(deaf.stdout, 'data');
    deaf.kill('SIGTERM');
    expect(await once(deaf, 'exit')).toEqual([143, null]);

    const listens = `process.once('SIGTERM', () => setImmediate(() => process.exit(0))); console.log("up"); setInterval(() => {}, 1000)`;
    const polite = startStaged(staged(listens), 'start.mjs');
    await once(polite.stdout, 'data');
    polite.kill('SIGTERM');
    expect(await once(polite, 'exit')).toEqual([0, null]);
  });
});
