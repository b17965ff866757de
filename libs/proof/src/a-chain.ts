// A small true chain for tests: blocks that follow each other, each confirmed by its validators.
import {
  type Block,
  type Certificate,
  genesisBlock,
  nextBlock,
  type SigningKey,
  signVote,
  type Transaction,
  viewOf,
} from '@lucid/ledger';
import { inclusionOf, type ProvenTransactionInput } from './bundle.ts';

export interface FixtureChain {
  readonly genesis: Block;
  /** Puts a block on top. @returns what proves each of its transactions, by tx_id */
  append(transactions: readonly Transaction[], timestampMs: number): Map<string, ProvenTransactionInput>;
}

/** The votes of these validators for a block, in the view it was made in: `node-1`, `node-2`, … by their place in the list. */
export function certificateOf(block: Block, genesisHash: string, keys: readonly SigningKey[]): Certificate {
  const { height, slot, fallback_index } = block.header;
  const view = viewOf(slot, fallback_index);
  const votes = keys.map((key, i) => {
    const vote = {
      phase: 'precommit',
      height,
      view,
      block_hash: block.hash,
      validator: nodeName(i),
    } as const;
    const { validator, signature } = signVote(vote, genesisHash, key);
    return { validator, signature };
  });
  return { view, votes };
}

/** A chain of these validators; they lead in turn. */
export function aChain(keys: readonly SigningKey[], createdAt = '2026-01-01T00:00:00.000Z'): FixtureChain {
  const genesis = genesisBlock({
    version: '1',
    created_at: createdAt,
    validators: keys.map(({ publicKey }, i) => ({ validator: nodeName(i), public_key: publicKey })),
  });
  let tip = genesis;
  return {
    genesis,
    append(transactions, timestampMs) {
      const leader = tip.header.height % keys.length;
      const key = keys[leader];
      if (!key) throw new Error('a chain needs a validator');
      const block = nextBlock({ parent: tip, transactions, timestampMs, validator: nodeName(leader), key });
      tip = block;
      const certificate = certificateOf(block, genesis.hash, keys);
      return new Map(
        transactions.map((transaction) => {
          const inclusion = inclusionOf(transaction.tx_id, transactions);
          if (!inclusion) throw new Error('it is in the block by construction');
          const { publicKey: validatorPublicKey } = key;
          return [transaction.tx_id, { transaction, inclusion, block, validatorPublicKey, certificate }];
        }),
      );
    },
  };
}

const nodeName = (index: number): string => `node-${index + 1}`;
