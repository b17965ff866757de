import { MongoClient } from 'mongodb';
import { expect, it } from 'vitest';
import type { Container } from './containers.ts';
import { describeImages } from './images-here.ts';

const IMAGE = 'lucid-lab/mongo:ferretdb';
const PATIENCE = { timeout: 60_000, interval: 200 };
const PASSWORD = `p@ss "w'ord\\x $1;--`;
const USER = 'lucid';

await describeImages(['mongo'], 'the image that stands for mongo', (containers) => {
  const ready = (server: Container) =>
    expect.poll(async () => (await server.exec('/lucid-ping')).exitCode, PATIENCE).toBe(0);
  const connect = async (server: Container, password = PASSWORD) => {
    const login = `${USER}:${encodeURIComponent(password)}`;
    const uri = `mongodb://${login}@${await server.address(27017)}/?authSource=admin&authMechanism=SCRAM-SHA-256`;
    return new MongoClient(uri, { serverSelectionTimeoutMS: 5_000 });
  };
  const environment = {
    MONGO_INITDB_ROOT_USERNAME: USER,
    MONGO_INITDB_ROOT_PASSWORD_FILE: '/run/secrets/password',
  };
  const files = { '/run/secrets/password': `${PASSWORD}\n` };
  const command = ['mongod', '--bind_ip_all', '--wiredTigerCacheSizeGB', '1.5', '--maxConns', '1000'];

  it('keeps documents and indexes over a stop and a kill, for the user of the environment alone', async () => {
    const volume = await containers().volume();
    const flags = ['--volume', `${volume}:/data/db`];
    const server = await containers().run(
      IMAGE,
      { name: 'kept', environment, files, flags, ports: [27017] },
      ...command,
    );
    await ready(server);
    {
      await using client = await connect(server);
      const things = client.db('proof').collection<{ key: number }>('things');
      await things.createIndex({ key: 1 }, { unique: true });
      await things.insertMany([{ key: 1 }, { key: 2 }]);
      await expect(things.insertOne({ key: 2 })).rejects.toMatchObject({ code: 11000 });
      await using stranger = await connect(server, 'wrong');
      await expect(stranger.db('proof').collection('things').findOne()).rejects.toThrow(/authentication/i);
    }
    expect(await server.stop()).toBe(0);
    for (const end of ['clean', 'killed'] as const) {
      await server.start();
      await ready(server);
      await using client = await connect(server);
      const things = client.db('proof').collection<{ key: number }>('things');
      expect(await things.countDocuments(), end).toBe(2);
      await expect(things.insertOne({ key: 1 }), end).rejects.toMatchObject({ code: 11000 });
      if (end === 'clean') expect(await server.stop('SIGKILL')).toBe(137);
    }
    const second = await containers().run(IMAGE, { name: 'thief', environment, files, flags }, ...command);
    await expect.poll(() => second.logs(), PATIENCE).toContain('another server uses /data/db');
  }, 120_000);

  it('removes expired documents by itself within two minutes', async () => {
    const server = await containers().run(IMAGE, { name: 'ttl', environment, files, ports: [27017] });
    await ready(server);
    await using client = await connect(server);
    const short = client.db('proof').collection('short');
    await short.createIndex({ at: 1 }, { expireAfterSeconds: 1 });
    await short.insertOne({ at: new Date(0) });
    await expect.poll(() => short.countDocuments(), { timeout: 120_000, interval: 1_000 }).toBe(0);
  }, 180_000);

  it('runs as its own user on a read-only root, and ends with it when a part of it dies', async () => {
    const flags = ['--user', '999:999', '--cap-drop', 'ALL', '--read-only'];
    const server = await containers().run(IMAGE, { name: 'bare', environment, files, flags }, ...command);
    await ready(server);
    expect((await server.exec('sh', '-c', 'kill -9 $(pidof ferretdb)')).exitCode).toBe(0);
    await expect.poll(() => server.logs(), PATIENCE).toContain('FerretDB ended by itself');
    expect(await server.ended()).toBe(1);
  }, 90_000);

  it.each([
    { args: ['mongod', '--replSet', 'rs0'], says: '--replSet: this server (FerretDB) has no such option' },
    { args: ['mongod'], env: { MONGO_INITDB_ROOT_USERNAME: 'x' }, says: 'belong together' },
  ])('refuses $args $env rather than to pretend', async ({ args, env = {}, says }) => {
    const name = says.replace(/\W+/g, '-').slice(-20);
    const server = await containers().run(IMAGE, { name: `no${name}`, environment: env }, ...args);
    await expect.poll(() => server.logs()).toContain(says);
    expect(await server.ended()).toBe(2);
  });
});
