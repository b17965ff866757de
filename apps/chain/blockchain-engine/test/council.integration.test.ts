import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { isQuorum, type Transaction, verifyCertificate } from '@lucid/ledger';
import { eventually } from '@lucid/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transactionMaker } from './support.ts';
import { ValidatorNetwork } from './validator-network.ts';

const SEED = Number(process.env.LUCID_TEST_SEED ?? randomInt(1_000_000));
/** Two slots: no event may keep the chain longer. */
const TWO_SLOTS_MS = 240_000;
const COUNT = 4;

let network: ValidatorNetwork;

beforeAll(async () => {
  network = await ValidatorNetwork.start(COUNT, {
    LOG_LEVEL: 'warn',
    BLOCK_TIME_SECONDS: '3', // a leader has half of it: enough for eight processes on a busy machine
    PRODUCE_EMPTY_BLOCKS: 'false',
  });
}, 60_000);
afterAll(async () => {
  await network?.[Symbol.asyncDispose]();
});

/** Hands in transactions all the time, to whoever is up, and notes what was accepted. */
class Traffic {
  readonly accepted: Transaction[] = [];
  readonly tried: Transaction[] = [];
  readonly #maker = transactionMaker(SEED);
  readonly #ended: Promise<void>;
  #spared: number | undefined;
  #isOn = true;

  constructor() {
    this.#ended = this.#run();
  }

  /** Hands in nothing more there. */
  spare(index: number): void {
    this.#spared = index;
  }

  async end(): Promise<void> {
    this.#isOn = false;
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { random } = this.#maker;
    while (this.#isOn) {
      const up = network.indexes.filter((index) => network.isUp(index) && index !== this.#spared);
      const to = up[Math.floor(random.fraction() * up.length)] ?? 0;
      const some = Array.from({ length: 1 + Math.floor(random.fraction() * 4) }, () => this.#maker.plain());
      this.tried.push(...some);
      if (await network.submit(to, some)) this.accepted.push(...some);
      await delay(200 + random.fraction() * 400);
    }
  }
}

const others = (index: number) => network.indexes.filter((other) => other !== index);
const all = async (holds: (index: number) => Promise<boolean>) =>
  (await Promise.all(network.indexes.map(holds))).every(Boolean);
const heights = (indexes: readonly number[]) => Promise.all(indexes.map((index) => network.height(index)));

/** The chain grows at each of these. */
async function grows(what: string, indexes: readonly number[], by = 2): Promise<void> {
  const before = Math.max(...(await heights(indexes)));
  const startMs = performance.now();
  await eventually(
    `${what}: the chain goes on`,
    async () => (await heights(indexes)).every((height) => height >= before + by),
    { timeoutMs: TWO_SLOTS_MS, pauseMs: 100 },
  ).catch(async (error: unknown) => {
    for (const index of indexes)
      console.log(
        index,
        JSON.stringify(await network.get(index, '/consensus/status')),
        network.outputOf(index),
      );
    throw error;
  });
  console.log(`${what}: ${by} blocks more after ${Math.round(performance.now() - startMs)} ms`);
}

test(`four validators: killed, cut off and wiped, they keep one chain that goes on (LUCID_TEST_SEED=${SEED})`, {
  timeout: 2 * TWO_SLOTS_MS,
}, async () => {
  console.log(`seed ${SEED}`);
  const random = transactionMaker(`${SEED} events`).random;
  const anyOne = () => Math.floor(random.fraction() * COUNT);
  // Four new validators hear of each other that none has voted before. Without work there is no block that comes too early.
  await eventually('all may vote', () => all((index) => network.mayVote(index)), { timeoutMs: 30_000 });
  const traffic = new Traffic();
  await grows('all four up', network.indexes);

  // A slot has four leaders: the one that leads now goes last, so that there is somebody left to take over.
  const { leader } = await network.get<{ leader: string }>(0, '/consensus/status');
  const leading = network.indexes.find((index) => network.nameOf(index) === leader) ?? 0;
  for (const index of [...others(leading), leading]) {
    await network.kill(index);
    await grows(`${index} killed`, others(index));
    await network.launch(index);
    await grows(`${index} back`, network.indexes);
  }

  const lonely = anyOne();
  network.cut(lonely);
  await grows(`${lonely} cut off`, others(lonely));
  const stuck = await network.height(lonely);
  await grows(`${lonely} still cut off`, others(lonely));
  expect(await network.height(lonely)).toBe(stuck); // alone it confirms nothing
  network.heal(lonely);
  await grows(`${lonely} healed`, network.indexes);

  // What nobody but the lost store had is lost with it: transactions go there no more, and what it took is told to the others.
  const wiped = anyOne();
  traffic.spare(wiped);
  await grows(`${wiped} spared`, network.indexes);
  await network.kill(wiped);
  await network.wipe(wiped);
  await network.launch(wiped);
  await grows(`${wiped} wiped`, network.indexes);

  await traffic.end();
  await eventually(
    'nothing waits any more',
    () => all(async (index) => (await network.waiting(index)) === 0),
    { timeoutMs: TWO_SLOTS_MS, pauseMs: 200 },
  );

  const tip = Math.min(...(await heights(network.indexes)));
  const chains = await Promise.all(network.indexes.map((index) => network.chain(index, tip)));
  const [first = []] = chains;
  const hashes = first.map(({ block }) => block.hash);
  for (const chain of chains) expect(chain.map(({ block }) => block.hash)).toEqual(hashes);
  for (const { block, certificate } of chains.flat()) {
    if (block.header.height === 0) continue;
    const verdict = verifyCertificate({
      certificate,
      header: block.header,
      hash: block.hash,
      genesisHash: hashes[0] ?? '',
      validators: network.validators,
    });
    expect(verdict.valid && isQuorum(verdict.signers.length, COUNT)).toBe(true);
  }
  const onChain = first.flatMap(({ block }) => block.transactions.map(({ tx_id }) => tx_id));
  expect(new Set(onChain).size).toBe(onChain.length);
  const accepted = traffic.accepted.map(({ tx_id }) => tx_id);
  expect(accepted.length).toBeGreaterThan(20);
  expect(accepted.filter((txId) => !onChain.includes(txId))).toEqual([]);
  console.log(`${tip} blocks, ${accepted.length} accepted, ${onChain.length} on the chain`);
});
