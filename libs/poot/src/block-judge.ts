import { judgeSystem, type SystemFacts } from './judge-system.ts';
import { createRegistry } from './registry.ts';
import { createSeenProofs } from './seen-proofs.ts';
import type { BlockJudge } from './state.ts';

/** Judges the transactions of a block in their order; what is accepted counts on top of the facts for those after it. */
export function openBlockJudge(blockSlot: number, facts: SystemFacts): BlockJudge {
  const registry = createRegistry(facts);
  const seen = createSeenProofs();
  let hasTally = false;
  const here: SystemFacts = {
    ...facts,
    node: registry.node,
    nodeOfKey: registry.nodeOfKey,
    hasProof: (proof) => seen.has(proof) || facts.hasProof(proof),
    tallyDue: (slot) => (hasTally ? undefined : facts.tallyDue(slot)),
  };
  return {
    judge: (transaction) => {
      const verdict = judgeSystem(transaction, blockSlot, here);
      const payload = verdict.valid ? verdict.payload : undefined;
      if (payload?.kind === 'task_proof') seen.add(payload);
      if (payload?.kind === 'node_registration') registry.add(payload);
      if (payload?.kind === 'tally') hasTally = true;
      return verdict;
    },
  };
}
