/**
 * How much the gateway costs, beside no proxy at all and the least proxy there is, in one run on one machine:
 * `node apps/gateway/api-gateway/test/bench/run.ts`. Requests per second of the server's own CPU time are what one vCPU of it
 * can do; wall-clock numbers also depend on what else runs. Needs /proc.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { eventually, freePort, TestIdentities } from '@lucid/testing';
import autocannon from 'autocannon';
import { SESSION_ID, token } from '../support/tokens.ts';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 6);
const UPLOAD_MIB = Number(process.env.BENCH_UPLOAD_MIB ?? 1024);
const PIECE = Buffer.alloc(256 * 1024, 7);
const TICKS_PER_SECOND = 100;
const children: ChildProcess[] = [];
const here = import.meta.dirname;

const cpuSeconds = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
};
const residentMib = (pid: number): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

function start(file: string, args: string[], env: NodeJS.ProcessEnv = process.env): ChildProcess {
  const child = fork(file, args, { env, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  children.push(child);
  return child;
}

async function upload(port: number, authorization: string): Promise<number> {
  const startedMs = performance.now();
  await new Promise<void>((resolve, reject) => {
    const request = httpRequest({
      port,
      host: '127.0.0.1',
      method: 'PATCH',
      path: `/api/v1/sessions/${SESSION_ID}/stream`,
      headers: { authorization, 'content-type': 'application/octet-stream', 'upload-offset': '0' },
    });
    request.once('error', reject);
    request.once('response', (response) => {
      response.resume();
      if (response.statusCode === 204) response.once('end', resolve);
      else reject(new Error(`answered ${response.statusCode}`));
    });
    let left = (UPLOAD_MIB * 1024 * 1024) / PIECE.length;
    const more = () => {
      while (left-- > 0) if (!request.write(PIECE)) return;
      request.end();
    };
    request.on('drain', more);
    more();
  });
  return UPLOAD_MIB / ((performance.now() - startedMs) / 1000);
}

async function measure(name: string, port: number, pid: number, authorization: string): Promise<void> {
  const load = (seconds: number) =>
    autocannon({
      url: `http://127.0.0.1:${port}/api/v1/sessions`,
      connections: 64,
      duration: seconds,
      headers: { authorization },
    });
  await load(2);
  const before = cpuSeconds(pid);
  const result = await load(SECONDS);
  const cpu = cpuSeconds(pid) - before;
  const answered = result['2xx'];
  const uploadBefore = cpuSeconds(pid);
  const mibPerSecond = await upload(port, authorization);
  const uploadCpu = cpuSeconds(pid) - uploadBefore;
  const line = {
    name,
    'req/s': Math.round(answered / result.duration),
    'req per cpu-s': Math.round(answered / cpu),
    'p50 ms': result.latency.p50,
    'p99 ms': result.latency.p99,
    'not 2xx': result.non2xx + result.errors,
    'upload MiB/s': Math.round(mibPerSecond),
    'MiB per cpu-s': Math.round(UPLOAD_MIB / uploadCpu),
    'peak MiB': Math.round(residentMib(pid)),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const identities = new TestIdentities();
try {
  const [upstreamPort, proxyPort, gatewayPort] = [await freePort(), await freePort(), await freePort()];
  const upstream = start(join(here, 'servers.ts'), ['upstream', String(upstreamPort)]);
  const proxy = start(join(here, 'servers.ts'), ['proxy', String(proxyPort), String(upstreamPort)]);
  const url = `http://127.0.0.1:${upstreamPort}`;
  const gateway = start(join(here, '../../src/main.ts'), [], {
    ...process.env,
    ...identities.environment('lucid-api-gateway', []),
    HOST: '127.0.0.1',
    PORT: String(gatewayPort),
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'info',
    AUTH_SERVICE_URL: url,
    SESSION_API_URL: url,
    SESSION_RECORDER_URL: url,
    RATE_LIMIT_AUTH_REQ_PER_MIN: '10000000',
  });
  await eventually('all are ready', async () => {
    await fetch(url);
    await fetch(`http://127.0.0.1:${proxyPort}/`);
    return (await fetch(`http://127.0.0.1:${gatewayPort}/health/ready`)).ok;
  });
  const authorization = `Bearer ${await token()}`;
  for (let round = 0; round < Number(process.env.BENCH_ROUNDS ?? 1); round++) {
    await measure('direct', upstreamPort, upstream.pid ?? 0, authorization);
    await measure('plain proxy', proxyPort, proxy.pid ?? 0, authorization);
    await measure('gateway', gatewayPort, gateway.pid ?? 0, authorization);
  }
} finally {
  for (const child of children) child.kill('SIGKILL');
  identities[Symbol.dispose]();
}
