import {
  type Block,
  type BlockVerdict,
  genesisPublicKey,
  type Transaction,
  verifyBlock,
  verifyGenesis,
} from '@lucid/ledger';
import type { Person } from './person.ts';

export interface Chain {
  genesis: Block;
  blocks: Block[];
  /** What `@lucid/ledger` finds wrong, one line each. */
  problems: string[];
}

/** Fetches every block from the first to the tip and judges each against the one before. */
export async function wholeChain(person: Person): Promise<Chain> {
  const { header: tip } = await person.get<Block>('/blocks/latest');
  const blocks: Block[] = [];
  for (let height = 0; height <= tip.height; height += 1)
    blocks.push(await person.get<Block>(`/blocks/height/${height}`));
  const [genesis, ...others] = blocks;
  const verdict = verifyGenesis(genesis);
  if (!genesis || !verdict.valid) throw new Error(`the first block is none: ${JSON.stringify(verdict)}`);
  const seen = new Set<string>();
  const problems: string[] = [];
  let parent = genesis;
  for (const block of others) {
    const judged = verifyBlock(block, parent, {
      nowMs: Date.now(),
      publicKeyOf: (validator) => genesisPublicKey(verdict.data, validator),
      isOnChain: (txId) => seen.has(txId),
    });
    problems.push(...problemsOf(block, judged));
    for (const { tx_id } of block.transactions) seen.add(tx_id);
    parent = block;
  }
  return { genesis, blocks, problems };
}

const problemsOf = ({ header }: Block, { errors }: BlockVerdict): string[] =>
  errors.map(({ check, detail }) => `block ${header.height} ${check}: ${detail}`);

/** Every transaction on the chain that anchors this session. */
export const anchorsOf = ({ blocks }: Chain, sessionId: string): Transaction[] =>
  blocks
    .flatMap(({ transactions }) => transactions)
    .filter(({ type, data }) => type === 'session_anchor' && data.session_id === sessionId);
