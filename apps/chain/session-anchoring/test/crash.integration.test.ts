import { randomInt } from 'node:crypto';
import { ServiceError } from '@lucid/errors';
import { txHash, ZERO_HASH } from '@lucid/ledger';
import { expect, test } from 'vitest';
import type { AnchoringRequest } from '../src/domain/anchoring-document.ts';
import type { CheckpointRequest } from '../src/domain/checkpoint-document.ts';
import { Crash, CrashPoints } from './crash-points.ts';
import { LEASE_MS, openRig, type Rig } from './rig.ts';
import { type Stage, stages } from './stages.ts';
import { requestMaker } from './support.ts';

const nextStage = stages('anchoring_crash');
const maker = requestMaker('crash');

/** A short life of the service, from the request to the final anchor; ends where it dies. */
async function live(stage: Stage, points: CrashPoints, asked: AnchoringRequest[]): Promise<void> {
  const { database, clock, engine } = stage;
  try {
    const mortal = await openRig(database, {
      clock,
      engine: points.guard(engine),
      seed: 'mortal',
      around: (collection) => points.collection(collection),
    });
    await finish(stage, mortal, asked);
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
  }
}

async function finish(stage: Stage, some: Rig, asked: AnchoringRequest[]): Promise<void> {
  for (const chunks of [0, 2]) {
    for (const request of asked) await putUnlessSealed(some, maker.checkpoint(request, chunks));
    await turns(stage, some, 3);
  }
  for (const request of asked) await some.request(request);
  await turns(stage, some, 14);
}

async function turns({ clock, engine }: Stage, some: Rig, count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    await some.round();
    engine.makeBlock();
    await clock.advance(1000);
  }
}

/** An heir repeats what was asked of the one before, who may have come further. */
const putUnlessSealed = (some: Rig, checkpoint: CheckpointRequest) =>
  some.put(checkpoint).catch((error: unknown) => {
    if (!(error instanceof ServiceError && error.code === 6406)) throw error;
  });

/** On the chain, in the order of their numbers. */
const rowOf = ({ engine }: Stage, sessionId: string) =>
  engine
    .ofSession(sessionId)
    .filter(({ transaction }) => transaction.type === 'data_storage')
    .map(({ transaction }) => ({ ...transaction.data, hash: txHash(transaction) }) as Record<string, unknown>)
    .toSorted((a, b) => Number(a.sequence) - Number(b.sequence));

/** Every step is tried with CRASH_STRIDE=1; by default every sixth, beginning at one of the first six. */
const CRASH_STRIDE = Number(process.env.CRASH_STRIDE ?? 6);
const FIRST_CRASH = Number(process.env.CRASH_FIRST ?? randomInt(1, CRASH_STRIDE + 1));

test.each(['before', 'after'] as const)(
  'dying %s any step anchors each session exactly once, with all its checkpoints in a row',
  {
    timeout: 240_000,
  },
  async (when) => {
    console.log(`CRASH_STRIDE=${CRASH_STRIDE} CRASH_FIRST=${FIRST_CRASH}`);
    for (let crashAt = FIRST_CRASH; ; crashAt += CRASH_STRIDE) {
      const stage = await nextStage();
      const { clock, database, engine } = stage;
      const asked = [maker.request(), maker.request()];
      const points = new CrashPoints(crashAt, when);
      await live(stage, points, asked);
      await clock.advance(LEASE_MS);
      const heir = await openRig(database, { clock, engine, seed: 'heir' });
      await finish(stage, heir, asked);
      for (const { session_id } of asked) {
        const anchors = engine
          .ofSession(session_id)
          .filter(({ transaction }) => transaction.type === 'session_anchor');
        expect([crashAt, anchors.length]).toEqual([crashAt, 1]);
        const row = rowOf(stage, session_id);
        expect(row.map(({ sequence, chunk_count }) => [sequence, chunk_count])).toEqual([
          [1, 0],
          [2, 2],
        ]);
        expect(row.map(({ previous }) => previous)).toEqual([ZERO_HASH, row[0]?.hash]);
        expect(await heir.found(session_id)).toMatchObject({
          status: 'confirmed',
          finalized: true,
          transaction: { tx_id: anchors[0]?.transaction.tx_id },
          checkpoints: { count: 2, last: row[1]?.hash },
        });
      }
      await database.dropDatabase();
      if (!points.hasCrashed) {
        expect(crashAt).toBeGreaterThan(40);
        return;
      }
    }
  },
);
