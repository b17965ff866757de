import type { BlockTrees } from './block-trees.ts';
import type { IntegrityScan } from './integrity-scan.ts';
import type { MerkleTrees } from './merkle-trees.ts';
import type { Engine } from './open-engine.ts';
import type { Quarantine } from './quarantine.ts';
import type { RecentBlocks } from './recent-blocks.ts';

/** What `connect` opens for the routes. */
export interface Deps extends Engine {
  trees: MerkleTrees;
  recentBlocks: RecentBlocks;
  blockTrees: BlockTrees;
  quarantine: Quarantine;
  integrity: Pick<IntegrityScan, 'report'>;
  maxTreeHeight: number;
}
