import { type Clock, seededRandom } from '@lucid/clock';
import type { HttpClient } from '@lucid/http-client';
import { silentLogger } from '@lucid/logging';
import { Registry } from '@lucid/metrics';
import type { Db } from 'mongodb';
import { type EngineOptions, openEngine } from '../src/adapters/open-engine.ts';
import { ChainThreads } from '../src/adapters/workers/chain-threads.ts';
import { metrics } from '../src/metrics.ts';
import { NODE_ID, validatorKey } from './support.ts';

export const GENESIS_AT = '2026-01-01T00:00:00.000Z';
export const BLOCK_TIME_MS = 1000;
export const LEASE_MS = 10_000;

export interface RigOptions extends Partial<EngineOptions> {
  clock: Clock;
}

/** Nobody answers. */
export const noNetwork: HttpClient = {
  request: () => Promise.reject(new Error('there is no network')),
  upstreams: () => [],
  close: async () => undefined,
};

/** The engine without its HTTP side, on any database and clock. */
export async function openRig(database: Db, options: RigOptions) {
  const logger = options.logger ?? silentLogger();
  return openEngine(database, {
    genesis: {
      createdAt: GENESIS_AT,
      self: { validator: NODE_ID, public_key: validatorKey.publicKey },
      validators: [],
    },
    key: validatorKey,
    holder: 'engine-1',
    address: '',
    service: 'lucid-blockchain-engine',
    port: 8084,
    peers: [],
    http: noNetwork,
    blockTimeMs: BLOCK_TIME_MS,
    leaseMs: LEASE_MS,
    makesEmptyBlocks: true,
    maxWaiting: 10_000,
    checkBlocks: 100,
    // One processor: nothing to close, and every write comes in the order of the calls.
    threads: new ChainThreads({ consensusWorkers: 1, blockThreads: 1, logger, processors: 1 }),
    random: seededRandom('rig'),
    logger,
    instruments: metrics.register(new Registry()),
    onCommitted: () => undefined,
    ...options,
  });
}
export type Rig = Awaited<ReturnType<typeof openRig>>;

/** Lets the producer do what the clock asks for, until it would sleep. */
export async function settle({ producer }: Rig): Promise<void> {
  for (let turn = 0; turn < 20; turn++) if ((await producer.turn()) > 0) return;
  throw new Error('the producer never comes to rest');
}
