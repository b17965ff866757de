import autocannon from 'autocannon';
import { execa } from 'execa';
import type { Bench, Benchmark } from '../benchmark.ts';
import { figure } from '../measure/figure.ts';
import { firstLine } from '../system/first-line.ts';
import { Person } from '../system/person.ts';
import { OPEN_SYSTEM } from '../system/wishes.ts';

const CONNECTIONS = 10;
const WARM_UP_SECONDS = 1;

interface Load {
  perSecond: number[];
  p50Ms: number[];
  p99Ms: number[];
}

export const gateway: Benchmark = {
  name: 'gateway',
  summary: `requests per second through the gateway for a signed-in user (autocannon, ${CONNECTIONS} connections), beside a bare Node server`,
  async run(bench) {
    const rounds = bench.quick ? 1 : 3;
    const system = await bench.system(OPEN_SYSTEM);
    const person = await Person.join(bench.belongings, system.url, bench.folder('gateway'));
    const bare = await bareServer(bench);
    const authorization = `Bearer ${person.accessToken}`;
    const targets = {
      health: { url: `${system.url}/health`, headers: {} },
      info: { url: `${system.url}/api/v1/blockchain/info`, headers: {} },
      me: { url: `${system.url}/api/v1/users/me`, headers: { authorization } },
      sessions: { url: `${system.url}/api/v1/sessions`, headers: { authorization } },
      bare: { url: bare.url, headers: {} },
    };
    const loads = new Map<string, Load>();
    for (let round = 0; round < rounds; round++) {
      for (const [name, target] of Object.entries(targets)) {
        bench.say(`round ${round + 1} of ${rounds}: ${name}`);
        const load = loads.get(name) ?? { perSecond: [], p50Ms: [], p99Ms: [] };
        loads.set(name, load);
        const aimed = { ...target, connections: CONNECTIONS };
        await autocannon({ ...aimed, duration: WARM_UP_SECONDS });
        const answer = await autocannon({ ...aimed, duration: bench.quick ? 1 : 4 });
        const refused = answer.non2xx + answer.errors;
        if (refused > 0)
          throw new Error(`${refused} of ${answer.requests.total} requests to ${target.url} failed`);
        load.perSecond.push(answer.requests.total / answer.duration);
        load.p50Ms.push(answer.latency.p50);
        load.p99Ms.push(answer.latency.p99);
      }
    }
    await bare.end();
    bench.note('autocannon, gateway, the service behind it and the database share the cores');
    const rows = (name: string, label: string) => {
      const { perSecond, p50Ms, p99Ms } = loads.get(name) ?? { perSecond: [], p50Ms: [], p99Ms: [] };
      const kind = name === 'bare' ? 'yardstick' : 'result';
      return [
        figure({ name: label, unit: 'requests/s', kind, values: perSecond }),
        figure({ name: `${label}: p50`, unit: 'ms', kind, values: p50Ms }),
        figure({ name: `${label}: p99`, unit: 'ms', kind, values: p99Ms }),
      ];
    };
    return [
      ...rows('health', 'GET /health (the gateway alone)'),
      ...rows('info', 'GET /blockchain/info (public)'),
      ...rows('me', 'GET /users/me (signed in)'),
      ...rows('sessions', 'GET /sessions (signed in)'),
      ...rows('bare', 'bare node:http server'),
    ];
  },
};

const BARE = `
  const body = JSON.stringify({ text: 'x'.repeat(300) });
  const server = require('node:http').createServer((_, answer) => answer.setHeader('content-type', 'application/json').end(body));
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

/** As little as a server can do, as its own process. */
async function bareServer({ belongings }: Bench): Promise<{ url: string; end: () => Promise<void> }> {
  const server = execa(process.execPath, ['-e', BARE], { reject: false });
  const end = belongings.add(async () => {
    server.kill();
    await server;
  });
  const port = await firstLine(server.stdout);
  if (port) return { url: `http://127.0.0.1:${port}/`, end };
  throw new Error('the bare server did not start');
}
