import { once } from 'node:events';
import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './support/folders.ts';
import { launch, serverProcess } from './support/process.ts';

describe('the process', { timeout: 60_000 }, () => {
  it('finishes what is in flight and ends with 0 on SIGTERM', async () => {
    const environment = { DATA_DIR: await temporaryFolder(), ALLOW_UNAUTHENTICATED: 'true' };
    const server = await serverProcess(environment);
    const client = new MongoClient(`mongodb://127.0.0.1:${server.port}/`, { serverSelectionTimeoutMS: 500 });
    await client.connect();
    const rows = client.db('x').collection<{ _id: number }>('c');
    await rows.insertOne({ _id: -1 });
    const writes = Promise.allSettled(Array.from({ length: 50 }, (_, _id) => rows.insertOne({ _id })));
    const exit = server.stop();
    const acknowledged = (await writes).filter(({ status }) => status === 'fulfilled').length;
    expect(await exit).toBe(0);
    await client.close();
    const again = await serverProcess(environment);
    const reader = await new MongoClient(`mongodb://127.0.0.1:${again.port}/`).connect();
    expect(await reader.db('x').collection('c').countDocuments()).toBeGreaterThanOrEqual(acknowledged + 1);
    await reader.close();
  });

  it('tells its health and its metrics over HTTP beside the wire protocol', async () => {
    const HOST = '127.29.17.1';
    const environment = { DATA_DIR: await temporaryFolder(), ALLOW_UNAUTHENTICATED: 'true', HOST };
    const server = await serverProcess({ ...environment, PORT: '27017', HEALTH_PORT: '27018' });
    const client = await new MongoClient(`mongodb://${HOST}:${server.port}/`).connect();
    await client.db('x').collection('c').insertOne({ a: 1 });
    const get = async (path: string) => await fetch(`http://${HOST}:27018${path}`).catch(() => undefined);
    await expect.poll(async () => (await get('/health/ready'))?.status).toBe(200);
    const metrics = (await (await get('/metrics'))?.text()) ?? '';
    expect(metrics).toMatch(/mongodb_commands_total\{command="insert",outcome="ok"\} 1/);
    expect(metrics).toMatch(/mongodb_connections [1-9]/);
    await client.close();
    expect(await server.stop()).toBe(0);
  });

  it('does not start without a login and says what is missing', async () => {
    const child = launch({ DATA_DIR: await temporaryFolder(), HOST: '127.0.0.1', PORT: '0' });
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const [code] = await once(child, 'exit');
    expect(code).toBe(78);
    expect(said).toContain('MONGO_INITDB_ROOT_PASSWORD');
  });

  it('does not start without a login on an address others reach', async () => {
    const child = launch({
      DATA_DIR: await temporaryFolder(),
      HOST: '0.0.0.0',
      PORT: '0',
      ALLOW_UNAUTHENTICATED: 'true',
    });
    expect((await once(child, 'exit'))[0]).toBe(78);
  });
});
