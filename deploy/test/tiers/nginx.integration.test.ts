import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EDGE_CERTIFICATE_PATH, type EdgeFacts, REFUSED_PATHS } from '../../src/tiers/edge/facts.ts';
import { nginxConfig } from '../../src/tiers/edge/nginx.ts';
import { installed, suite } from './support/installed.ts';
import { answeredBy, knock, webSocket } from './support/knock.ts';
import { type DoorProgram, eventually, RunningDoor } from './support/running-door.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });
const there = installed('nginx', '-v');
const MIB = 1024 * 1024;
const facts: EdgeFacts = {
  gateway: 'lucid-api-gateway',
  gatewayPort: 8081,
  mostReplicas: 10,
  healthPath: '/health/ready',
  algorithm: 'round-robin',
};

/** What is generated, but on loopback, in a folder of its own, asking the test's name server. */
const nginx: DoorProgram = {
  command: 'nginx',
  args: (path) => ['-c', path, '-g', 'daemon off;'],
  config: ({ door, nameServer }, dir) =>
    nginxConfig(facts)
      .replace('user nginx;', '')
      .replaceAll(/listen (\d+)/g, `listen ${door}:$1`)
      .replace(
        'include /tmp/discovery.conf;',
        `resolver ${nameServer}:8600 valid=1s ipv6=off; map $host $dns_suffix { default ''; }`,
      )
      .replaceAll(EDGE_CERTIFICATE_PATH, `${dir}/edge.pem`)
      .replaceAll('/tmp/nginx', `${dir}/nginx`)
      .replace('/dev/stdout', `${dir}/access.log`) // Node gives its children sockets, which have no such file
      .replace('burst=20000', 'burst=600')
      .replace('2000r/s', '1r/s'),
};

describe.skipIf(!there)(suite('nginx before two gateways', 'nginx', there), () => {
  let door: RunningDoor;
  beforeAll(async () => {
    door = await RunningDoor.start(nginx, 5);
    await eventually(door, 'it serves', async () => (await ask('/')).status === 200);
  });
  afterAll(() => door?.stop());
  const ask = (path: string, more = {}) => knock({ host: door.addresses.door, path, ...more });

  it('uses every address of the name', async () => {
    const names = new Set<string>();
    await eventually(
      door,
      'both have answered',
      async () => names.add(answeredBy(await ask('/'))).size === 2,
    );
  });

  it.each([...REFUSED_PATHS, '/internal/x', '//metrics', '/%6Detrics', '/a/../metrics', '/METRICS'])(
    'refuses %s',
    async (path) => {
      const answer = await ask(path);
      expect(answer.status).toBe(404);
      expect(JSON.parse(answer.body).error).toMatchObject({ code: 'LUCID_ERR_4001', service: 'lucid-edge' });
    },
  );

  it('says who the client is, whatever the client says', async () => {
    await ask('/who?a=%2F', { headers: { 'x-forwarded-for': '6.6.6.6', 'x-real-ip': '6.6.6.6' } });
    const seen = door.gateways.flatMap((gateway) => gateway.seen).find(({ url }) => url === '/who?a=%2F');
    expect(seen?.headers['x-forwarded-for']).toMatch(/^127\./);
    expect(seen?.headers['x-real-ip']).toBeUndefined();
    expect(seen?.headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
  });

  it('speaks TLS', async () => {
    expect((await ask('/', { trusting: door.certificate })).status).toBe(200);
  });

  it('passes WebSockets on', async () => {
    expect(await webSocket(door.addresses.door)).toMatchObject({ echoed: 'hello' });
  });

  it('passes an upload on while it is being sent', async () => {
    const piece = randomBytes(MIB);
    const received = () => door.gateways[0].received + door.gateways[1].received;
    const start = received();
    async function* recording() {
      for (let sent = 0; sent < 16; sent += 1) {
        yield piece;
        await eventually(door, `piece ${sent} arrived`, async () => received() - start >= sent * MIB);
      }
    }
    const answer = await ask('/upload', { method: 'POST', body: Readable.from(recording()) });
    const whole = createHash('sha256');
    for (let sent = 0; sent < 16; sent += 1) whole.update(piece);
    expect(JSON.parse(answer.body).sha256).toBe(whole.digest('hex'));
  });

  it('asks the other one when a connection cannot be made', async () => {
    await door.gateways[0].kill();
    const answers = await Promise.all(Array.from({ length: 30 }, () => ask('/')));
    expect(new Set(answers.map(answeredBy))).toEqual(new Set(['two']));
  });

  it('answers 429 in the envelope to whoever asks too often', async () => {
    const answers = await Promise.all(Array.from({ length: 800 }, () => ask('/')));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(100);
    expect(JSON.parse(refused[0]?.body ?? '{}').error.code).toBe('LUCID_ERR_3001');
    expect(refused[0]?.headers['retry-after']).toBe('10');
  });
});
