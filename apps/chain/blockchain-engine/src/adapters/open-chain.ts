import type { Clock } from '@lucid/clock';
import { isoTime } from '@lucid/clock';
import { genesisBlock, txHash } from '@lucid/ledger';
import type { Logger } from '@lucid/logging';
import { toBlockDocument } from '../domain/block-document.ts';
import { type GenesisSettings, genesisConfigOf, genesisConflict } from '../domain/genesis.ts';
import { instantOf } from '../domain/ticks.ts';
import { toTransactionDocument } from '../domain/transaction-document.ts';
import { checkChain } from './check-chain.ts';
import type { Ledger } from './ledger.ts';
import { readBlock } from './read-block.ts';
import { type Validators, validatorsOf } from './validators.ts';

export interface OpenChainOptions {
  genesis: GenesisSettings;
  /** How many of the newest blocks are checked. */
  checkBlocks: number;
  clock: Clock;
  logger: Logger;
}

/**
 * Begins the chain when there is none, else makes sure that it is ours and whole.
 * @throws Error with one sentence when it is neither
 */
export async function openChain(ledger: Ledger, options: OpenChainOptions): Promise<Validators> {
  const { genesis: wanted, checkBlocks, clock, logger } = options;
  if (!(await ledger.blocks.headAt(0))) await begin(ledger, wanted, clock);
  const first = await ledger.blocks.at(0);
  if (!first) throw new Error('the chain has blocks but no genesis block');
  const validators = validatorsOf(await readBlock(ledger.transactions, first), wanted.self.validator);
  const conflict = genesisConflict(validators.data, wanted);
  if (conflict) throw new Error(conflict);
  const tip = await ledger.blocks.head();
  const to = tip?._id ?? 0;
  const startedMs = clock.monotonicMs();
  const checked = await checkChain(ledger, validators, { from: Math.max(0, to - checkBlocks + 1), to });
  if (checked.fault)
    throw new Error(`the chain is broken at height ${checked.fault.height}: ${checked.fault.detail}`);
  logger.info(
    { height: to, ...checked, duration_ms: Math.round(clock.monotonicMs() - startedMs) },
    'the newest blocks hold',
  );
  return validators;
}

/** Both writes say the same whoever makes them, and how often. */
async function begin({ blocks, transactions }: Ledger, wanted: GenesisSettings, clock: Clock): Promise<void> {
  if (instantOf(wanted.createdAt) > clock.nowMs()) throw new Error('GENESIS_CREATED_AT lies in the future');
  if (await blocks.head()) throw new Error('the chain has blocks but no genesis block');
  const genesis = genesisBlock(genesisConfigOf(wanted));
  const document = toBlockDocument(genesis, { parent: undefined, fence: 0, createdAt: isoTime(clock) });
  await transactions.add(
    genesis.transactions.map((transaction) => ({
      ...toTransactionDocument(transaction, txHash(transaction), wanted.createdAt),
      status: 'confirmed' as const,
      confirmed_at: wanted.createdAt,
      block_height: 0,
      block_hash: genesis.hash,
    })),
  );
  await blocks.append(document);
}
