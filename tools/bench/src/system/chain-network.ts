import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { generateSigningKey } from '@lucid/ledger';
import {
  freePort,
  type SpawnedService,
  spawnService,
  startTestMongo,
  TestIdentities,
  WORKSPACE_ROOT,
} from '@lucid/testing';
import type { Bench } from '../benchmark.ts';

const ENGINE = 'lucid-blockchain-engine';
const CLIENT = 'lucid-session-anchoring';
const MAIN = join(WORKSPACE_ROOT, 'apps/chain/blockchain-engine/src/main.ts');

export interface ChainWishes {
  validators: number;
  blockTimeSeconds: number;
  /** Blocks as large as a chain may have them: what is measured is the engine, not the limit. @default true */
  largeBlocks?: boolean;
  /** Beside what follows from the others. */
  env?: Readonly<Record<string, string>>;
}

/** Validators as processes of their own, each with a store of its own, and somebody who may hand in transactions. */
export interface ChainNetwork {
  readonly engines: readonly SpawnedService[];
  readonly identities: TestIdentities;
  /** Of a call to any of the engines. */
  headers(): Promise<Record<string, string>>;
  end(): Promise<void>;
}

const LARGE_BLOCKS = {
  BLOCK_SIZE_LIMIT_MB: '16',
  MAX_TRANSACTIONS_PER_BLOCK: '20000',
  MEMPOOL_MAX_TRANSACTIONS: '100000',
};

export async function startChain(
  { belongings, folder }: Pick<Bench, 'belongings' | 'folder'>,
  { validators, blockTimeSeconds, largeBlocks = true, env = {} }: ChainWishes,
): Promise<ChainNetwork> {
  const opened: (() => Promise<void>)[] = [];
  const own = <Thing>(thing: Thing, close: () => Promise<void> | void): Thing => {
    opened.push(belongings.add(close));
    return thing;
  };
  const end = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  const identities = new TestIdentities();
  own(identities, () => identities[Symbol.dispose]());
  for (const service of [ENGINE, CLIENT]) identities.pemOf(service);
  const members = await Promise.all(
    Array.from({ length: validators }, async () => {
      const seed = randomBytes(32);
      return {
        seed: seed.toString('hex'),
        public_key: generateSigningKey(() => seed).publicKey,
        validator: randomBytes(16).toString('hex'),
        port: await freePort(),
      };
    }),
  );
  try {
    const engines = await Promise.all(
      members.map(async (member, index) => {
        const mongo = await startTestMongo();
        own(mongo, () => mongo.close());
        const peers = members.filter((other) => other !== member);
        const engine = await spawnService({
          main: MAIN,
          port: member.port,
          environment: {
            ...identities.environment(ENGINE, [CLIENT, ENGINE]),
            ...(largeBlocks ? LARGE_BLOCKS : {}),
            BLOCKCHAIN_VALIDATOR_KEY: member.seed,
            BLOCKCHAIN_NODE_ID: member.validator,
            BOOTSTRAP_VALIDATORS: JSON.stringify(
              members.map(({ validator, public_key }) => ({ validator, public_key })),
            ),
            BLOCKCHAIN_PEERS: JSON.stringify(
              peers.map(({ validator, port }) => ({
                validator,
                url: `http://127.0.0.1:${port}`,
                service: ENGINE,
              })),
            ),
            BLOCK_TIME_SECONDS: String(blockTimeSeconds),
            MONGODB_URI: mongo.uri('lucid_blocks'),
            DATA_DIR: folder(`merkle-${index}`),
            ...env,
          },
        });
        return own(engine, () => engine.stop().then(() => undefined));
      }),
    );
    return { engines, identities, headers: () => identities.headers(CLIENT, ENGINE), end };
  } catch (error) {
    await end();
    throw error;
  }
}
