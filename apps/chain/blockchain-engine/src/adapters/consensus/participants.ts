import type { Participant } from '@lucid/contracts';
import { slotAt } from '@lucid/ledger';
import type { Ledger } from '../ledger.ts';
import type { Validators } from '../validators.ts';
import type { Peers } from './peers.ts';
import type { Ranking } from './ranking.ts';

export interface ParticipantsDeps {
  ledger: Pick<Ledger, 'blocks'>;
  validators: Validators;
  peers: Pick<Peers, 'statuses'>;
  ranking: Pick<Ranking, 'atTip'>;
}

/** How far back participation is counted. */
const BLOCKS = 100;

/** Who votes, by the certificates of the newest blocks. @param nowMs milliseconds since 1970 */
export async function participants(deps: ParticipantsDeps, nowMs: number): Promise<Participant[]> {
  const { ledger, validators, peers, ranking } = deps;
  const tip = (await ledger.blocks.head())?._id ?? 0;
  const newest = await ledger.blocks.heads({ from: Math.max(1, tip - BLOCKS + 1), to: tip }, 'descending');
  const state = await ranking.atTip();
  const tally = state.tallyInForce(Math.max(slotAt(nowMs), state.tip.slot));
  const seen = new Map(peers.statuses.map(({ validator, last_seen }) => [validator, last_seen]));
  return validators.data.validators.map(({ validator, public_key }) => {
    const signed = newest.filter(({ certificate }) =>
      certificate?.votes.some((vote) => vote.validator === validator),
    );
    return {
      node_id: validator,
      public_key,
      voting_power: 1,
      last_vote: signed[0]?.header.timestamp ?? null,
      participation_rate: newest.length === 0 ? 0 : signed.length / newest.length,
      poot_score: tally?.entries.find(({ entity_id }) => entity_id === validator)?.live_millionths ?? 0,
      last_seen: seen.get(validator) ?? null,
      status: signed.length > 0 ? 'active' : 'inactive',
    };
  });
}
