import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { selfSignedPem } from '../../src/engines/process/self-signed-pem.ts';
import { EDGE_ALGORITHMS } from '../../src/tiers/edge/algorithms.ts';
import { EDGE_PORTS, type EdgeFacts, REFUSED_PATHS } from '../../src/tiers/edge/facts.ts';
import { haproxyConfig } from '../../src/tiers/edge/haproxy.ts';
import { edge } from '../../src/tiers/monitoring/dashboards/edge.ts';
import { installed, suite } from './support/installed.ts';
import { answeredBy, knock, webSocket } from './support/knock.ts';
import { metricNames } from './support/promql.ts';
import { type Addresses, type DoorProgram, eventually, RunningDoor } from './support/running-door.ts';

const there = installed('haproxy', '-v');
const MIB = 1024 * 1024;
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });
const facts: EdgeFacts = {
  gateway: 'lucid-api-gateway',
  gatewayPort: 8081,
  mostReplicas: 10,
  healthPath: '/health/ready',
  algorithm: 'round-robin',
};

/** What is generated, but on loopback, asking the test's own name server. */
function onLoopback(config: string, { door, nameServer }: Addresses): string {
  return config
    .replaceAll(/bind :(\d+)/g, `bind ${door}:$1`)
    .replace('parse-resolv-conf', `nameserver test ${nameServer}:8600`);
}

function haproxy(env: Readonly<Record<string, string>> = {}, change: Partial<EdgeFacts> = {}): DoorProgram {
  return {
    command: 'haproxy',
    args: (path) => ['-db', '-f', path],
    config: (addresses) => onLoopback(haproxyConfig({ ...facts, ...change }), addresses),
    env,
  };
}

async function whoAnswers(door: RunningDoor, times: number): Promise<string[]> {
  const names: string[] = [];
  for (let at = 0; at < times; at += 1) names.push(answeredBy(await knock({ host: door.addresses.door })));
  return names;
}

const bothServe = (door: RunningDoor) =>
  eventually(door, 'both gateways serve', async () => new Set(await whoAnswers(door, 4)).size === 2);

describe.skipIf(!there)(suite('HAProxy before two gateways', 'haproxy', there), () => {
  let door: RunningDoor;
  beforeAll(async () => {
    // A short idle time: what takes longer in the tests has to be kept alive by its own movement.
    door = await RunningDoor.start(haproxy({ EDGE_IDLE_TIMEOUT: '1s' }), 1);
    await bothServe(door);
  });
  afterAll(() => door?.stop());
  const ask = (path: string, more = {}) => knock({ host: door.addresses.door, path, ...more });

  it('shares requests evenly among those the name leads to', async () => {
    const names = await whoAnswers(door, 10);
    expect(names.filter((name) => name === 'one')).toHaveLength(5);
  });

  it.each([
    ...REFUSED_PATHS,
    '/internal/drain',
    '//metrics',
    '/%6Detrics',
    '/METRICS',
    '/metrics?x=1',
    '/api/v1//load-balancer/status',
  ])('refuses %s before any gateway hears of it', async (path) => {
    const heard = () => door.gateways.flatMap(({ seen }) => seen).length;
    const before = heard();
    const answer = await ask(path);
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body).error).toMatchObject({
      code: 'LUCID_ERR_4001',
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      service: 'lucid-edge',
    });
    expect(heard()).toBe(before);
  });

  it('lets paths through that only begin alike', async () => {
    expect((await ask('/metrics-of-mine')).status).toBe(200);
    expect((await ask('/api/v1/internal')).status).toBe(200);
  });

  it('says who the client is, whatever the client says', async () => {
    await ask('/who', {
      headers: { 'x-forwarded-for': '6.6.6.6', forwarded: 'for=6.6.6.6', 'x-real-ip': '6.6.6.6' },
    });
    const seen = door.gateways.flatMap((gateway) => gateway.seen).find(({ url }) => url === '/who');
    expect(seen?.headers['x-forwarded-for']).toMatch(/^127\./);
    expect(seen?.headers['x-forwarded-proto']).toBe('http');
    expect(seen?.headers.forwarded ?? seen?.headers['x-real-ip']).toBeUndefined();
    expect(seen?.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('speaks TLS with the certificate that is made for it', async () => {
    const answer = await ask('/secure', { trusting: door.certificate });
    expect(answer.status).toBe(200);
    const seen = door.gateways.flatMap((gateway) => gateway.seen).find(({ url }) => url === '/secure');
    expect(seen?.headers['x-forwarded-proto']).toBe('https');
  });

  it('passes an upload on while it is being sent, for longer than anything may stand still', async () => {
    const piece = randomBytes(MIB);
    const pieces = 24;
    const received = () => door.gateways[0].received + door.gateways[1].received;
    const start = received();
    const startedAt = performance.now();
    async function* recording() {
      for (let sent = 0; sent < pieces; sent += 1) {
        yield piece;
        // The next piece is made when the last one has nearly arrived: a door that keeps bodies would wait for ever.
        await eventually(door, `piece ${sent} arrived`, async () => received() - start >= sent * MIB);
        await new Promise((resolve) => setTimeout(resolve, 80)); // a client on a slow line, 1.9 s in all
      }
    }
    const answer = await ask('/upload', { method: 'POST', body: Readable.from(recording()) });
    expect(performance.now() - startedAt).toBeGreaterThan(1500);
    const whole = createHash('sha256');
    for (let sent = 0; sent < pieces; sent += 1) whole.update(piece);
    expect(JSON.parse(answer.body).sha256).toBe(whole.digest('hex'));
  });

  it('brings a WebSocket back to where it was', async () => {
    const { door: host } = door.addresses;
    const first = await webSocket(host);
    expect(first).toMatchObject({ echoed: 'hello', cookie: expect.stringMatching(/^LUCID_EDGE=/) });
    for (let again = 0; again < 5; again += 1)
      expect((await webSocket(host, first.cookie)).by).toBe(first.by);
    const others = await Promise.all([1, 2, 3, 4, 5, 6].map(() => webSocket(host)));
    expect(new Set([first, ...others].map(({ by }) => by)).size).toBe(2);
  });

  it('sets no cookie for requests, which may go anywhere', async () => {
    expect((await ask('/')).headers['set-cookie']).toBeUndefined();
  });

  it('tells Prometheus about itself on the inside', async () => {
    const { body } = await ask('/metrics', { port: EDGE_PORTS.internal });
    expect(body).toContain('haproxy_backend_http_requests_total{proxy="gateways"}');
    const shown = edge.panels.flatMap(({ queries }) => queries.flatMap(({ expr }) => metricNames(expr)));
    for (const name of shown) expect(body).toContain(`# TYPE ${name} `);
    expect((await ask('/health', { port: EDGE_PORTS.internal })).status).toBe(200);
  });
});

describe.skipIf(!there)(suite('HAProxy when gateways come and go', 'haproxy', there), () => {
  let door: RunningDoor;
  beforeAll(async () => {
    door = await RunningDoor.start(haproxy(), 2);
    await bothServe(door);
  });
  afterAll(() => door?.stop());

  it('sends nothing to one that is not ready, and loses no request meanwhile', async () => {
    door.gateways[0].ready = false;
    await eventually(door, 'only two serves', async () =>
      (await whoAnswers(door, 6)).every((name) => name === 'two'),
    );
    door.gateways[0].ready = true;
    await bothServe(door);
  });

  it('forgets one that has left the name', async () => {
    door.announce(door.gateways[1]);
    await eventually(door, 'only two serves', async () =>
      (await whoAnswers(door, 6)).every((name) => name === 'two'),
    );
    door.announce(...door.gateways);
    await bothServe(door);
  });

  it('asks the other one when a connection cannot be made: nobody sees the death of a gateway', async () => {
    await door.gateways[0].kill();
    const answers = await Promise.all(Array.from({ length: 40 }, () => knock({ host: door.addresses.door })));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 40 }, () => 200));
  });

  it('answers 503 in the envelope when nobody is left', async () => {
    await door.gateways[1].kill();
    await eventually(
      door,
      'it has seen the death',
      async () => (await knock({ host: door.addresses.door })).status === 503,
    );
    const answer = await knock({ host: door.addresses.door });
    expect(JSON.parse(answer.body).error.code).toBe('LUCID_ERR_5008');
    expect(answer.headers['retry-after']).toBe('1');
  });
});

describe.skipIf(!there)(suite('HAProxy and greedy clients', 'haproxy', there), () => {
  let door: RunningDoor;
  beforeAll(async () => {
    door = await RunningDoor.start(haproxy({ EDGE_REQUESTS_PER_10S: '50' }), 3);
    await eventually(
      door,
      'it serves',
      async () => (await knock({ host: door.addresses.door })).status === 200,
    );
  });
  afterAll(() => door?.stop());

  it('answers 429 to whoever asks too often', async () => {
    const answers = await Promise.all(Array.from({ length: 80 }, () => knock({ host: door.addresses.door })));
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(50);
    expect(refused.length).toBeGreaterThanOrEqual(30);
    expect(JSON.parse(refused[0]?.body ?? '{}').error.code).toBe('LUCID_ERR_3001');
    expect(refused[0]?.headers['retry-after']).toBe('10');
  });
});

describe.skipIf(!there)(suite('HAProxy’s five ways to share', 'haproxy', there), () => {
  it.each(EDGE_ALGORITHMS)('understands %s', (algorithm) => {
    const dir = mkdtempSync(join(tmpdir(), 'lucid-haproxy-'));
    const files = { config: join(dir, 'haproxy.cfg'), certificate: join(dir, 'edge.pem') };
    writeFileSync(files.config, haproxyConfig({ ...facts, algorithm }));
    writeFileSync(files.certificate, selfSignedPem());
    const checked = spawnSync('haproxy', ['-c', '-f', files.config], {
      env: { PATH: process.env.PATH, EDGE_CERTIFICATE_FILE: files.certificate },
      encoding: 'utf8',
    });
    rmSync(dir, { recursive: true });
    expect(checked.stderr).not.toMatch(/ALERT|WARNING/);
    expect(checked.status).toBe(0);
  });

  it.each(['ip-hash', 'consistent-hash'] as const)(
    'keeps a client where it was with %s',
    async (algorithm) => {
      const door = await RunningDoor.start(haproxy({}, { algorithm }), 4);
      try {
        await eventually(
          door,
          'it serves',
          async () => (await knock({ host: door.addresses.door })).status === 200,
        );
        await eventually(
          door,
          'one serves this client',
          async () => new Set(await whoAnswers(door, 8)).size === 1,
        );
      } finally {
        await door.stop();
      }
    },
  );
});
