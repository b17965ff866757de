import { fallbackOfView, MAX_BLOCK_LEAD_MS, slotOfView, slotStartMs } from '@lucid/ledger';
import type { Rule } from '../context.ts';
import { reasonToWait } from './reason.ts';

/** The leader of the view proposes once: the block that more than two thirds prevoted before, or else a new one. */
export const proposeAsLeader: Rule = (node) => {
  const { round, nowMs, settings } = node;
  const { view, tip } = round;
  if (node.voter === undefined || round.proposal || round.precommit) return false;
  if (round.leaderOf(view) !== node.voter) return false;
  if (nowMs < round.opensAtMs) {
    node.alarm(round.opensAtMs);
    return false;
  }
  if (round.valid) {
    node.propose(round.valid.block, round.valid.pol);
    return true;
  }
  if (round.prevote) return false; // it gave itself up
  if (!settings.makesEmptyBlocks && reasonToWait(node) === undefined) return false;
  if (round.askHostAtMs === undefined) return false; // asked already
  const slot = slotOfView(view);
  const timestampMs = Math.max(nowMs, slotStartMs(slot), round.tipTimeMs + 1);
  const askAtMs = Math.max(round.askHostAtMs, timestampMs - MAX_BLOCK_LEAD_MS);
  if (askAtMs > nowMs) {
    node.alarm(askAtMs);
    return false;
  }
  round.askHostAtMs = undefined;
  node.outbox.ask({
    kind: 'build',
    parent: tip,
    view,
    slot,
    fallbackIndex: fallbackOfView(view),
    timestampMs,
  });
  return true;
};
