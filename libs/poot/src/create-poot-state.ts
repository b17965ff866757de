// The two ways to a state: from the genesis block, or from a snapshot of a later one.
import { type Block, firstError, verifyGenesis } from '@lucid/ledger';
import { Compile } from 'typebox/compile';
import { PootError } from './poot-error.ts';
import { type PootGenesis, pootState } from './poot-state.ts';
import { PootSnapshot } from './snapshot.ts';
import type { PootState } from './state.ts';

const snapshotShape = Compile(PootSnapshot);

/** The state of a chain that has its genesis block alone. Throws `bad_genesis`. */
export function createPootState(genesis: Block): PootState {
  return pootState(knownGenesis(genesis));
}

/**
 * The state that a snapshot was taken of, on the chain of this genesis block. The snapshot is the node's own, so beyond its
 * shape and its chain it is believed. Throws `bad_genesis`, `bad_snapshot`.
 */
export function restorePootState(genesis: Block, snapshot: unknown): PootState {
  const known = knownGenesis(genesis);
  if (!snapshotShape.Check(snapshot)) {
    throw new PootError('bad_snapshot', firstError(snapshotShape.Errors(snapshot)));
  }
  if (snapshot.genesis_hash !== known.hash) {
    throw new PootError('bad_snapshot', `of the chain ${snapshot.genesis_hash}, not of ${known.hash}`);
  }
  return pootState(known, snapshot);
}

function knownGenesis(genesis: Block): PootGenesis {
  const verdict = verifyGenesis(genesis);
  if (!verdict.valid) throw new PootError('bad_genesis', verdict.detail);
  return { hash: verdict.hash, slot: genesis.header.slot, validators: verdict.data.validators };
}
