import { randomBytes, randomUUID } from 'node:crypto';
import { verifyProof } from '@lucid/merkle';
import { type Bench, type Benchmark, Skip } from '../benchmark.ts';
import { figure } from '../measure/figure.ts';
import { percentile } from '../measure/statistics.ts';
import { secondsSince } from '../measure/timed.ts';
import { startChain } from '../system/chain-network.ts';
import { forgetPeak, memoryOf } from '../system/memory.ts';

const FEW = 10_000;
const PROOFS = 500;

interface Built {
  tree_id: string;
  root_hash: string;
}

/** Trees of the real engine: built over HTTP, kept on disk, proven from there. */
export const merkleService: Benchmark = {
  name: 'merkle-service',
  summary: 'the engine’s Merkle trees over HTTP: 10,000 and 1,000,000 leaves, its memory, proofs from disk',
  async run(bench) {
    const network = await startChain(bench, { validators: 1, blockTimeSeconds: 10 });
    try {
      return await measure(bench, network);
    } finally {
      await network.end();
    }
  },
};

async function measure(bench: Bench, network: Awaited<ReturnType<typeof startChain>>) {
  const [engine] = network.engines;
  if (!engine) throw new Error('there is no engine');
  const many = bench.quick ? 100_000 : 1_000_000;
  const build = async (body: string): Promise<{ seconds: number; built: Built }> => {
    const startedMs = performance.now();
    const answer = await fetch(`${engine.url}/api/v1/merkle/build`, {
      method: 'POST',
      headers: { ...(await network.headers()), 'content-type': 'application/json' },
      body,
    });
    if (answer.status !== 201) throw new Error(`${answer.status}: ${(await answer.text()).slice(0, 300)}`);
    return { built: (await answer.json()) as Built, seconds: secondsSince(startedMs) };
  };
  const few: number[] = [];
  await build(bodyOf(FEW)); // warms up
  for (let round = 0; round < (bench.quick ? 2 : 9); round++)
    few.push(1000 * (await build(bodyOf(FEW))).seconds);
  const large: number[] = [];
  const growth: number[] = [];
  let last: Built | undefined;
  for (let round = 0; round < (bench.quick ? 1 : 3); round++) {
    bench.say(`${many} leaves, round ${round + 1}`);
    const body = bodyOf(many);
    const before = forgetPeak(engine.pid) ? memoryOf(engine.pid) : undefined;
    const { seconds, built } = await build(body);
    large.push(seconds);
    const after = memoryOf(engine.pid);
    if (before && after) growth.push((after.peakBytes - before.rssBytes) / 2 ** 20);
    last = built;
  }
  if (!last) throw new Skip('no tree was built');
  const proofMs: number[] = [];
  for (let at = 0; at < PROOFS; at++) {
    const index = Math.floor((at * (many - 1)) / (PROOFS - 1));
    const headers = await network.headers();
    const startedMs = performance.now();
    const answer = await fetch(`${engine.url}/api/v1/merkle/${last.tree_id}/proof/${index}`, { headers });
    const { root_hash, ...proof } = (await answer.json()) as Parameters<typeof verifyProof>[1] & Built;
    proofMs.push(performance.now() - startedMs);
    if (root_hash !== last.root_hash || !verifyProof(root_hash, proof))
      throw new Error('a proof does not hold');
  }
  bench.note(
    'from the JSON of the hashes to files that are synced; memory: peak of the process above what it had before',
  );
  return [
    figure({ name: `tree over ${FEW} leaves, built and kept`, unit: 'ms', values: few }),
    figure({ name: `tree over ${many} leaves, built and kept`, unit: 's', values: large }),
    ...(growth.length > 0
      ? [figure({ name: 'memory the large one took on top', unit: 'MiB', values: growth })]
      : []),
    figure({ name: 'proof from disk, p50', unit: 'ms', values: [percentile(proofMs, 0.5)] }),
    figure({ name: 'proof from disk, p99', unit: 'ms', values: [percentile(proofMs, 0.99)] }),
  ];
}

/** A request for a tree of a new session. */
function bodyOf(leaves: number): string {
  const bytes = randomBytes(leaves * 32);
  const hashes = Array.from({ length: leaves }, (_, at) => bytes.toString('hex', at * 32, at * 32 + 32));
  return JSON.stringify({ session_id: randomUUID(), chunk_hashes: hashes });
}
