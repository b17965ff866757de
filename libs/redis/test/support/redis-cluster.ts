import { eventually, freePort } from '@lucid/testing';
import { TestRedis } from '../../src/testing.ts';

const SLOTS = 16_384;

/** A Redis Cluster on loopback. */
export interface TestCluster extends AsyncDisposable {
  masters: readonly TestRedis[];
  uri: string;
}

interface Member {
  server: TestRedis;
  busPort: number;
}

/** @param replicasPerMaster with some, a master that dies is replaced after about two seconds */
export async function startCluster(masterCount: number, replicasPerMaster = 0): Promise<TestCluster> {
  const members: Member[] = [];
  for (let at = 0; at < masterCount * (1 + replicasPerMaster); at++) members.push(await startMember());
  const [first] = members;
  if (!first) throw new Error('a cluster has at least one master');
  const [masters, replicas] = [members.slice(0, masterCount), members.slice(masterCount)];
  for (const [at, { server }] of masters.entries()) {
    const from = Math.ceil((at * SLOTS) / masterCount);
    const to = Math.ceil(((at + 1) * SLOTS) / masterCount) - 1;
    await server.ask((client) => client.cluster('ADDSLOTSRANGE', from, to));
    await server.ask((client) => client.cluster('SET-CONFIG-EPOCH', at + 1));
  }
  for (const { server } of members)
    await server.ask((client) =>
      client.call('CLUSTER', 'MEET', '127.0.0.1', first.server.port, first.busPort),
    );
  await everyone(members, 'is whole', ['cluster_state:ok', `cluster_known_nodes:${members.length}`]);
  for (const [at, { server }] of replicas.entries()) {
    const master = masters[at % masterCount] ?? first;
    const id = await master.server.ask((client) => client.cluster('MYID'));
    await server.ask((client) => client.cluster('REPLICATE', String(id)));
    await eventually('the replica follows its master', async () =>
      (await server.ask((client) => client.info('replication'))).includes('master_link_status:up'),
    );
  }
  const hosts = members.map(({ server }) => `127.0.0.1:${server.port}`).join(',');
  const close = async () => {
    for (const { server } of members) await server.close();
  };
  const login = encodeURIComponent(first.server.password);
  return {
    masters: masters.map(({ server }) => server),
    uri: `redis://:${login}@${hosts}/?cluster=true`,
    [Symbol.asyncDispose]: close,
  };
}

function everyone(members: readonly Member[], what: string, signs: readonly string[]): Promise<boolean> {
  return eventually(`the cluster ${what}`, async () => {
    const states = await Promise.all(
      members.map(({ server }) => server.ask((client) => client.cluster('INFO'))),
    );
    return states.every((info) => signs.every((sign) => String(info).includes(sign)));
  });
}

async function startMember(): Promise<Member> {
  const busPort = await freePort();
  const settings = ['--cluster-enabled', 'yes', '--cluster-port', String(busPort)];
  const server = await TestRedis.start([
    ...settings,
    '--cluster-node-timeout',
    '1000',
    '--repl-diskless-sync-delay',
    '0',
  ]);
  return { server, busPort };
}
