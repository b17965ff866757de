import { Block, type BlockVerdict, type SignedHeader, verifyBlock } from '@lucid/ledger';
import { Compile } from 'typebox/compile';
import { errors } from '../errors.ts';
import { type BlockJudgeDeps, judgeBlock } from './judge-block.ts';
import type { Ledger } from './ledger.ts';

const blockShape = Compile(Block);

interface ReportDeps extends BlockJudgeDeps {
  ledger: Pick<Ledger, 'blocks' | 'transactions'>;
}

/** Judges any value as a block of the chain: after the block below it where there is one, else after the tip. */
export async function validationReport(
  deps: ReportDeps,
  candidate: unknown,
  nowMs: number,
): Promise<BlockVerdict> {
  const { ledger, validators } = deps;
  const block = blockShape.Check(candidate) ? candidate : undefined;
  const below = block && block.header.height > 0 ? await ledger.blocks.at(block.header.height - 1) : null;
  const parent: SignedHeader | null = below ?? (await ledger.blocks.tip());
  if (!parent) throw errors.BLOCK_NOT_FOUND();
  return block
    ? judgeBlock(deps, { block, parent, nowMs })
    : verifyBlock(candidate, parent, { nowMs, publicKeyOf: validators.publicKeyOf });
}
