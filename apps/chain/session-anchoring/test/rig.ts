import { seededRandom } from '@lucid/clock';
import { silentLogger } from '@lucid/logging';
import { Registry } from '@lucid/metrics';
import { openCollection } from '@lucid/mongo';
import type { FakeClock } from '@lucid/testing';
import type { Collection, Db } from 'mongodb';
import { Anchorings, anchoringsDefinition } from '../src/adapters/anchorings.ts';
import { Driver } from '../src/adapters/driver.ts';
import type { Engine } from '../src/adapters/engine.ts';
import { requestAnchoring } from '../src/adapters/request-anchoring.ts';
import type { AnchoringDocument, AnchoringRequest } from '../src/domain/anchoring-document.ts';
import { metrics } from '../src/metrics.ts';
import { anchoringKey } from './support.ts';

export const LEASE_MS = 15_000;
export const RETRY_MS = 5000;
export const POLL_MS = 250;

export interface RigOptions {
  clock: FakeClock;
  engine: Pick<Engine, 'send' | 'find' | 'tip'>;
  seed: string;
  /** Stands between the service and its collection. */
  around?: (collection: Collection<AnchoringDocument>) => Collection<AnchoringDocument>;
}

/** The service without its HTTP side, on a pretended engine. */
export async function openRig(database: Db, { clock, engine, seed, around = (it) => it }: RigOptions) {
  const random = seededRandom(seed);
  const collection = around(await openCollection(database, anchoringsDefinition));
  const anchorings = new Anchorings(collection, { clock, random, leaseMs: LEASE_MS });
  const instruments = metrics.register(new Registry());
  const driver = new Driver({
    anchorings,
    engine,
    key: anchoringKey,
    clock,
    random,
    logger: silentLogger(),
    instruments,
    pollMs: POLL_MS,
    retryMs: RETRY_MS,
    timeoutMs: 60_000,
    maxRequeues: 5,
  });
  const deps = {
    anchorings,
    engine: { proof: async () => undefined },
    worker: { nudge: () => undefined },
    maxWaiting: 1000,
    instruments,
  };
  return {
    anchorings,
    driver,
    request: (asked: AnchoringRequest) => requestAnchoring(deps, asked, { clock, random }),
    /** One round of the worker. */
    round: async () => driver.drive(await anchorings.claim(10)),
    found: async (sessionId: string): Promise<AnchoringDocument> => {
      const document = await anchorings.find(sessionId);
      if (!document) throw new Error('not found');
      return document;
    },
  };
}
export type Rig = Awaited<ReturnType<typeof openRig>>;
