import type { Clock } from '@lucid/clock';
import { systemRandom } from '@lucid/clock';
import { silentLogger } from '@lucid/logging';
import { openCollection } from '@lucid/mongo';
import type { Db } from 'mongodb';
import { BlockTrees } from '../src/adapters/block-trees.ts';
import type { Deps } from '../src/adapters/deps.ts';
import { IntegrityScan, scanDefinition } from '../src/adapters/integrity-scan.ts';
import { LeafFiles } from '../src/adapters/leaf-files.ts';
import { MerkleTrees, merkleTreesDefinition } from '../src/adapters/merkle-trees.ts';
import { Quarantine, quarantineDefinition } from '../src/adapters/quarantine.ts';
import { RecentBlocks } from '../src/adapters/recent-blocks.ts';
import type { Rig } from './rig.ts';

export interface DepsOptions {
  clock: Clock;
  folder: string;
  repair?: (height: number) => Promise<boolean>;
}

/** What routes stand on, around a rig: as `connect` does it, without anything in the background. */
export async function openDeps(database: Db, rig: Rig, { clock, folder, repair }: DepsOptions) {
  const files = new LeafFiles(folder, systemRandom);
  await files.open();
  const quarantine = new Quarantine(await openCollection(database, quarantineDefinition), clock);
  const integrity = new IntegrityScan({
    ...rig,
    quarantine,
    progress: await openCollection(database, scanDefinition),
    clock,
    logger: silentLogger(),
    blocksPerSecond: 3,
    restMs: 60_000,
    isOurs: () => true,
    repair: repair ?? (async () => false),
  });
  const trees = new MerkleTrees(await openCollection(database, merkleTreesDefinition), files, rig.threads);
  return {
    ...rig,
    files,
    trees,
    quarantine,
    integrity,
    recentBlocks: new RecentBlocks(rig.ledger),
    blockTrees: new BlockTrees(rig.ledger.transactions),
    maxTreeHeight: 20,
  } satisfies Deps & { files: LeafFiles };
}
