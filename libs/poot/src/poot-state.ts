// The state of PoOT: folds confirmed blocks one by one and answers who may lead and what may be written.
import { epochOfSlot, fallbackOfView, type GenesisValidator, slotOfView } from '@lucid/ledger';
import { openBlockJudge } from './block-judge.ts';
import { FINALITY_DEPTH, LEADER_WINDOW_DAYS, MAX_SLOT_DISTANCE } from './constants.ts';
import { foldOutcome } from './fold-outcome.ts';
import { judgeSystem, type SystemFacts } from './judge-system.ts';
import { leaderAt } from './leaders.ts';
import { memoryAt, memoryOf, savedMemory } from './memory.ts';
import type { SystemPayload, TallyData } from './payloads.ts';
import { PootError } from './poot-error.ts';
import { createRegistry, genesisRegistry } from './registry.ts';
import { createSeenProofs } from './seen-proofs.ts';
import { addBlock, historyAt, leadersAfter, newestTally } from './slot-history.ts';
import { type PootSnapshot, SNAPSHOT_VERSION } from './snapshot.ts';
import type { FoldedBlock, FoldOutcome, PootState } from './state.ts';
import { type Tally, tallyData, tallyOfWork } from './tally.ts';
import { createWorkBook } from './work-book.ts';

/** What a state has to know of the genesis block. */
export interface PootGenesis {
  readonly hash: string;
  readonly slot: number;
  readonly validators: readonly GenesisValidator[];
}

/** A state at the genesis block, or at the block that a snapshot was taken at. */
export function pootState(genesis: PootGenesis, saved?: PootSnapshot): PootState {
  const validators = genesis.validators.map(({ validator }) => validator);
  const validatorOfKey = new Map(genesis.validators.map((entry) => [entry.public_key, entry.validator]));
  const registry = createRegistry(genesisRegistry(genesis.validators));
  for (const node of saved?.nodes ?? []) registry.add(node);
  const book = createWorkBook(saved?.work);
  const seen = createSeenProofs(saved?.seen);
  const memory = saved ? memoryOf(saved) : memoryAt(genesis);
  let cached: Tally | undefined;

  const facts: SystemFacts = {
    get tipSlot() {
      return memory.tip.slot;
    },
    validatorOfKey: (publicKey) => validatorOfKey.get(publicKey),
    isValidator: (entityId) => validators.includes(entityId),
    node: registry.node,
    nodeOfKey: registry.nodeOfKey,
    hasProof: seen.has,
    tallyDue: (slot) => tallyDue(slot),
  };

  function fullTally(slot: number): Tally {
    historyAt(memory.history, memory.tip.slot, slot);
    const epoch = epochOfSlot(slot);
    if (cached?.epoch === epoch) return cached;
    const begun = epochOfSlot(memory.tip.slot) === epoch;
    const seed = begun ? memory.boundaryHash : (memory.recentHashes[0] ?? genesis.hash);
    cached = tallyOfWork(epoch, seed, book.window(epoch));
    return cached;
  }

  function tallyDue(slot: number): TallyData | undefined {
    const newest = newestTally(memory.history);
    if (slot < memory.tip.slot || newest?.epoch === epochOfSlot(slot)) return undefined;
    const full = fullTally(slot);
    // From nobody to nobody is no news: a chain without proofs carries no tallies.
    const news = full.entries.length > 0 || (newest?.entries.length ?? 0) > 0;
    return news ? tallyData(full, validators) : undefined;
  }

  const openBlock = (blockSlot: number) => openBlockJudge(blockSlot, facts);

  function take(payload: SystemPayload, blockSlot: number): void {
    if (payload.kind === 'node_registration') registry.add(payload);
    else if (payload.kind === 'tally') memory.history = { ...memory.history, nextTally: payload };
    else {
      seen.add(payload);
      book.add(payload, blockSlot);
    }
  }

  function fold({ header, hash, transactions }: FoldedBlock): FoldOutcome {
    const { tip } = memory;
    if (header.height !== tip.height + 1 || header.previous_hash !== tip.hash || header.slot < tip.slot) {
      throw new PootError(
        'not_next',
        `block ${header.height} (${hash}) does not follow ${tip.height} (${tip.hash})`,
      );
    }
    const { judge } = openBlock(header.slot);
    const verdicts = transactions.map(judge);
    const epoch = epochOfSlot(header.slot);
    if (epoch > epochOfSlot(tip.slot)) memory.boundaryHash = memory.recentHashes[0] ?? genesis.hash;
    // What a block brings cannot change the tally of its own epoch, only those of later ones.
    if (cached && cached.epoch > epoch) cached = undefined;
    const added = addBlock(memory.history, tip.slot, header);
    memory.history = added.history;
    memory.tip = { height: header.height, hash, slot: header.slot };
    memory.recentHashes = [...memory.recentHashes, hash].slice(-(FINALITY_DEPTH + 1));
    for (const verdict of verdicts) if (verdict.valid && verdict.payload) take(verdict.payload, header.slot);
    book.prune(epoch - LEADER_WINDOW_DAYS);
    seen.prune(header.slot - MAX_SLOT_DISTANCE);
    return { ...foldOutcome(transactions, verdicts), ...added.outcome };
  }

  const leaders = (slot: number) => leadersAfter(memory.history, memory.tip.slot, slot, validators);

  return {
    validators,
    get tip() {
      return memory.tip;
    },
    fold,
    leadersOf: leaders,
    leaderOfView: (view) => leaderAt(leaders(slotOfView(view)), fallbackOfView(view)),
    mayLead: ({ slot, fallback_index, validator }) =>
      slot >= memory.tip.slot && leaderAt(leaders(slot), fallback_index) === validator,
    judgeSystemTransaction: (transaction, blockSlot) => judgeSystem(transaction, blockSlot, facts),
    openBlock,
    tallyDue,
    tallyInForce: (slot) => historyAt(memory.history, memory.tip.slot, slot).tally,
    fullTally,
    node: registry.node,
    nodes: () => [...validators.flatMap((id) => registry.node(id) ?? []), ...registry.registered()],
    snapshot: () => ({
      format: 'lucid-poot',
      version: SNAPSHOT_VERSION,
      genesis_hash: genesis.hash,
      nodes: registry.registered(),
      work: book.cells(),
      seen: seen.list(),
      ...savedMemory(memory),
    }),
  };
}
