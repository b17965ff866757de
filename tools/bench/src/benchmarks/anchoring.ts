import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { generateSigningKey, privateKeyPem, signHash } from '@lucid/ledger';
import { verifyBundle } from '@lucid/proof';
import { aProofBundle } from '@lucid/proof/testing';
import { eventually, spawnService, startDns, startTestMongo, WORKSPACE_ROOT } from '@lucid/testing';
import type { Bench, Benchmark } from '../benchmark.ts';
import { figure } from '../measure/figure.ts';
import { percentile } from '../measure/statistics.ts';
import { secondsSince, timedAsync } from '../measure/timed.ts';
import { startChain } from '../system/chain-network.ts';

const ANCHORING = 'lucid-session-anchoring';
const PIPELINE = 'lucid-session-pipeline';
const MAIN = join(WORKSPACE_ROOT, 'apps/chain/session-anchoring/src/main.ts');
const AT_ONCE = 8;

/** Sessions put on the chain by the two real services, and what their proofs cost. */
export const anchoring: Benchmark = {
  name: 'anchoring',
  summary: 'sessions anchored per second until a block has them, block time 1 s; proofs made and verified',
  async run(bench) {
    const sessions = bench.quick ? 100 : 1000;
    const rounds = bench.quick ? 1 : 3;
    const parts = await open(bench, sessions);
    try {
      const perSecond: number[] = [];
      for (let round = 0; round < rounds; round++) {
        bench.say(`round ${round + 1} of ${rounds}`);
        perSecond.push(await anchorAll(parts, sessions));
      }
      const made = await proofMs(parts, bench.quick ? 50 : 300);
      const { bundle, chunkFiles } = aProofBundle({ chunkCount: 20 });
      const verified: number[] = [];
      for (let time = 0; time < (bench.quick ? 20 : 200); time++) {
        const { wallSeconds } = await timedAsync(async () => {
          const { ok } = await verifyBundle(bundle, { chunks: chunkFiles });
          if (!ok) throw new Error('the bundle is refused');
        });
        verified.push(1000 * wallSeconds);
      }
      bench.note(
        'up to 100 anchors in a block and one block a second would be 100 sessions/s: the chain was begun with room for 20,000',
      );
      return [
        figure({ name: 'sessions, from request to block', unit: '1/s', values: perSecond }),
        figure({
          name: 'proof of a transaction, over HTTP, p50',
          unit: 'ms',
          values: [percentile(made, 0.5)],
        }),
        figure({
          name: 'proof of a transaction, over HTTP, p99',
          unit: 'ms',
          values: [percentile(made, 0.99)],
        }),
        figure({
          name: 'bundle of 20 chunks verified offline, p50',
          unit: 'ms',
          values: [percentile(verified, 0.5)],
        }),
      ];
    } finally {
      await parts.end();
    }
  },
};

type Parts = Awaited<ReturnType<typeof open>>;

async function open(bench: Bench, sessions: number) {
  const closings: (() => Promise<void>)[] = [];
  const own = <Thing>(thing: Thing, close: () => Promise<void>): Thing => {
    closings.push(bench.belongings.add(close));
    return thing;
  };
  const chain = await startChain(bench, {
    validators: 1,
    blockTimeSeconds: 1,
    env: { MAX_ANCHORS_PER_BLOCK: '20000' },
  });
  const end = async () => {
    for (const close of closings.splice(0).reverse()) await close();
    await chain.end();
  };
  try {
    const [engine] = chain.engines;
    if (!engine) throw new Error('there is no engine');
    const dns = await startDns();
    own(dns, () => dns.close());
    const mongo = await startTestMongo();
    own(mongo, () => mongo.close());
    chain.identities.pemOf(PIPELINE);
    const service = await spawnService({
      main: MAIN,
      environment: {
        ...chain.identities.environment(ANCHORING, [PIPELINE]),
        ANCHORING_SIGNING_KEY: privateKeyPem(generateSigningKey(randomBytes)),
        BLOCKCHAIN_ENGINE_URL: `http://lucid-blockchain-engine:${engine.port}`,
        DNS_SERVERS: dns.address,
        MONGODB_URI: mongo.uri('lucid_blocks'),
        ANCHORING_BATCH_SIZE: '100',
        ANCHORING_BATCH_WAIT_MS: '100',
        ANCHORING_MAX_WAITING: String(10 * sessions),
      },
    });
    own(service, () => service.stop().then(() => undefined));
    const headers = () => chain.identities.headers(PIPELINE, ANCHORING);
    return { chain, engine, service, headers, end, transactions: [] as string[] };
  } catch (error) {
    await end();
    throw error;
  }
}

/** @returns sessions per second, from the first request to the last block */
async function anchorAll({ service, headers, transactions }: Parts, count: number): Promise<number> {
  const key = generateSigningKey(randomBytes);
  const hex = () => randomBytes(32).toString('hex');
  const ids: string[] = [];
  const startedMs = performance.now();
  const request = async () => {
    const manifest_hash = hex();
    const session_id = randomUUID();
    ids.push(session_id);
    const answer = await fetch(`${service.url}/api/v1/anchoring/session`, {
      method: 'POST',
      headers: { ...(await headers()), 'content-type': 'application/json' },
      body: JSON.stringify({
        session_id,
        user_id: randomUUID(),
        owner_ref: hex(),
        merkle_root: hex(),
        manifest_hash,
        manifest_public_key: key.publicKey,
        manifest_signature: signHash(manifest_hash, key),
        chunk_count: 3,
        total_size: 1000,
        created_at: new Date().toISOString(),
      }),
    });
    if (!answer.ok) throw new Error(`${answer.status}: ${(await answer.text()).slice(0, 300)}`);
    await answer.arrayBuffer();
  };
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (ids.length < count) await request();
    }),
  );
  for (const session of ids)
    await eventually(
      'the session is in a block',
      async () => {
        const answer = await fetch(`${service.url}/api/v1/anchoring/session/${session}`, {
          headers: await headers(),
        });
        const { status, transaction_id } = (await answer.json()) as {
          status: string;
          transaction_id?: string;
        };
        if (status === 'confirmed' && transaction_id) transactions.push(transaction_id);
        return status === 'confirmed';
      },
      { timeoutMs: 120_000, pauseMs: 20 },
    );
  return ids.length / secondsSince(startedMs);
}

async function proofMs({ chain, engine, transactions }: Parts, count: number): Promise<number[]> {
  const times: number[] = [];
  for (const transaction of transactions.slice(0, count)) {
    const headers = await chain.headers();
    const startedMs = performance.now();
    const answer = await fetch(`${engine.url}/api/v1/transactions/${transaction}/proof`, { headers });
    await answer.arrayBuffer();
    times.push(performance.now() - startedMs);
    if (!answer.ok) throw new Error(`${answer.status} for the proof of ${transaction}`);
  }
  return times;
}
