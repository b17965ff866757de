import { eventually, freePort } from '@lucid/testing';
import { TestRedis } from '../../src/testing.ts';

const SLOTS = 16_384;

/** Masters of one Redis Cluster on loopback, without replicas. */
export interface TestCluster extends AsyncDisposable {
  masters: readonly TestRedis[];
  uri: string;
}

export async function startCluster(masterCount: number): Promise<TestCluster> {
  const members = [];
  for (let at = 0; at < masterCount; at++) members.push(await startMember());
  const masters = members.map(({ server }) => server);
  const [first] = members;
  if (!first) throw new Error('a cluster has at least one master');
  for (const [at, { server }] of members.entries()) {
    const from = Math.ceil((at * SLOTS) / masterCount);
    const to = Math.ceil(((at + 1) * SLOTS) / masterCount) - 1;
    await server.ask((client) => client.cluster('ADDSLOTSRANGE', from, to));
    await server.ask((client) => client.cluster('SET-CONFIG-EPOCH', at + 1));
    await server.ask((client) =>
      client.call('CLUSTER', 'MEET', '127.0.0.1', first.server.port, first.busPort),
    );
  }
  await eventually('the cluster is whole', async () => {
    const states = await Promise.all(masters.map((server) => server.ask((client) => client.cluster('INFO'))));
    return states.every(
      (info) =>
        String(info).includes(`cluster_state:ok`) &&
        String(info).includes(`cluster_known_nodes:${masterCount}`),
    );
  });
  const hosts = masters.map(({ port }) => `127.0.0.1:${port}`).join(',');
  const close = async () => {
    for (const master of masters) await master.close();
  };
  const login = encodeURIComponent(first.server.password);
  return { masters, uri: `redis://:${login}@${hosts}/?cluster=true`, [Symbol.asyncDispose]: close };
}

async function startMember(): Promise<{ server: TestRedis; busPort: number }> {
  const busPort = await freePort();
  const settings = ['--cluster-enabled', 'yes', '--cluster-port', String(busPort)];
  const server = await TestRedis.start([...settings, '--cluster-node-timeout', '1000']);
  return { server, busPort };
}
