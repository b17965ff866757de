import { seededRandom } from '@lucid/clock';
import { silentLogger } from '@lucid/logging';
import { Registry } from '@lucid/metrics';
import { openCollection } from '@lucid/mongo';
import type { FakeClock } from '@lucid/testing';
import type { Collection, Db } from 'mongodb';
import { Anchorings, anchoringsDefinition } from '../src/adapters/anchorings.ts';
import { Checkpoints, checkpointsDefinition } from '../src/adapters/checkpoints.ts';
import { anchorCounts, checkpointCounts } from '../src/adapters/counts.ts';
import { Driver } from '../src/adapters/driver.ts';
import type { Engine } from '../src/adapters/engine.ts';
import { putCheckpoint } from '../src/adapters/put-checkpoint.ts';
import { requestAnchoring } from '../src/adapters/request-anchoring.ts';
import { anchorStatement, checkpointStatement } from '../src/adapters/statements.ts';
import type { AnchoringDocument, AnchoringRequest } from '../src/domain/anchoring-document.ts';
import type { CheckpointDocument, CheckpointRequest } from '../src/domain/checkpoint-document.ts';
import type { Delivery } from '../src/domain/delivery.ts';
import { metrics } from '../src/metrics.ts';
import { anchoringKey } from './support.ts';

export const LEASE_MS = 15_000;
export const RETRY_MS = 5000;
export const POLL_MS = 250;

export interface RigOptions {
  clock: FakeClock;
  engine: Pick<Engine, 'send' | 'find' | 'tip'>;
  seed: string;
  /** @default 0: nothing waits for others */
  gatherMs?: number;
  maxWaiting?: number;
  /** Stands between the service and its collections. */
  around?: <Doc extends Delivery>(collection: Collection<Doc>) => Collection<Doc>;
}

/** The service without its HTTP side, on a pretended engine. */
export async function openRig(database: Db, options: RigOptions) {
  const { clock, engine, seed, around = (it) => it, gatherMs = 0, maxWaiting = 1000 } = options;
  const random = seededRandom(seed);
  const leasing = { clock, random, leaseMs: LEASE_MS };
  const anchorings = new Anchorings(
    around<AnchoringDocument>(await openCollection(database, anchoringsDefinition)),
    leasing,
  );
  const checkpoints = new Checkpoints(
    around<CheckpointDocument>(await openCollection(database, checkpointsDefinition)),
    leasing,
  );
  const instruments = metrics.register(new Registry());
  const common = {
    engine,
    key: anchoringKey,
    clock,
    random,
    logger: silentLogger(),
    pollMs: POLL_MS,
    retryMs: RETRY_MS,
    timeoutMs: 60_000,
    maxRequeues: 5,
  };
  const driver = new Driver({
    ...common,
    deliveries: anchorings,
    statement: anchorStatement(checkpoints),
    counts: anchorCounts(instruments),
  });
  const checkpointDriver = new Driver({
    ...common,
    deliveries: checkpoints,
    statement: checkpointStatement(checkpoints),
    counts: checkpointCounts(instruments),
  });
  const deps = {
    anchorings,
    checkpoints,
    worker: { nudge: () => undefined },
    checkpointWorker: { nudge: () => undefined },
    maxWaiting,
    gatherMs,
    instruments,
  };
  return {
    anchorings,
    checkpoints,
    driver,
    request: (asked: AnchoringRequest) => requestAnchoring(deps, asked, { clock, random }),
    put: (asked: CheckpointRequest) => putCheckpoint(deps, asked),
    /** One round of each worker. */
    round: async () => {
      await checkpointDriver.drive(await checkpoints.claim(10));
      await driver.drive(await anchorings.claim(10));
    },
    found: async (sessionId: string): Promise<AnchoringDocument> => {
      const document = await anchorings.find(sessionId);
      if (!document) throw new Error('not found');
      return document;
    },
    /** The session's checkpoints in order. */
    row: (sessionId: string): Promise<CheckpointDocument[]> => checkpoints.list(sessionId, 0, 1000),
  };
}
export type Rig = Awaited<ReturnType<typeof openRig>>;
