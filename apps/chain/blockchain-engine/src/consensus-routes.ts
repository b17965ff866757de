import { isoTime } from '@lucid/clock';
import type { blockchainEngine } from '@lucid/contracts';
import { commonErrors } from '@lucid/errors';
import { slotAt, viewOf } from '@lucid/ledger';
import type { Handlers, ServiceContext, User } from '@lucid/service';
import { certifiedBlocks } from './adapters/consensus/certified-blocks.ts';
import { leaderOfSlot } from './adapters/consensus/leader-of-slot.ts';
import { participants } from './adapters/consensus/participants.ts';
import type { Deps } from './adapters/deps.ts';
import { outsideVote } from './domain/outside-vote.ts';
import { instantOf } from './domain/ticks.ts';
import { errors } from './errors.ts';

type ConsensusHandlers = Pick<
  Handlers<typeof blockchainEngine>,
  | 'chainNetwork'
  | 'consensusStatus'
  | 'consensusParticipants'
  | 'consensusVote'
  | 'consensusHistory'
  | 'consensusProof'
  | 'leaderOfSlot'
  | 'consensusMessages'
  | 'consensusBlocks'
>;

export const consensusRoutes = (deps: Deps, { clock }: ServiceContext): ConsensusHandlers => {
  const { ledger, validators, ranking, peers, evidence, council, submissions, inbox, blockTimeMs } = deps;
  const tip = async () => {
    const head = await ledger.blocks.head();
    if (!head) throw commonErrors.UNAVAILABLE();
    return head;
  };
  const ourHeight = async () => ({ validator: validators.self, height: (await tip())._id });

  return {
    chainNetwork: () => {
      const connected_peers = peers.statuses;
      const latencies = connected_peers.flatMap(({ latency_ms }) => latency_ms ?? []);
      const total = latencies.reduce((sum, latency) => sum + latency, 0);
      return {
        peer_count: peers.connected,
        connected_peers,
        network_latency_avg: latencies.length === 0 ? 0 : total / latencies.length,
        consensus_participants: validators.data.validators.map(({ validator }) => validator),
      };
    },

    consensusStatus: async () => {
      const head = await tip();
      const state = await ranking.atTip();
      const slot = Math.max(slotAt(clock.nowMs()), state.tip.slot);
      const { epoch, primary, fallbacks, basis } = state.leadersOf(slot);
      const isGrowing = clock.nowMs() - instantOf(head.header.timestamp) < 3 * blockTimeMs;
      const report = council?.report();
      const isVoting = report?.state === 'prevoted' || report?.state === 'precommitted';
      return {
        status: isVoting ? ('voting' as const) : isGrowing ? ('active' as const) : ('error' as const),
        mode: basis === 'bootstrap' ? ('bootstrap' as const) : ('poot' as const),
        slot,
        epoch,
        leader: report?.leader ?? primary,
        fallbacks: [...fallbacks],
        height: head._id + 1,
        current_round: report?.view ?? viewOf(slot, 0),
        silent_through_slot: report?.silentThroughSlot ?? null,
        participants_count: validators.data.validators.length,
        voting_threshold: Math.floor((validators.data.validators.length * 2) / 3) + 1,
        last_consensus_time: head.header.timestamp,
        consensus_algorithm: 'PoOT',
      };
    },

    consensusParticipants: async () => ({ participants: await participants(deps, clock.nowMs()) }),

    consensusVote: async ({ body, user }) => {
      assertOperator(user);
      const { vote, reason } = outsideVote(body);
      if (!vote) throw commonErrors.NOT_IMPLEMENTED({ details: { reason } });
      if (!council) throw errors.ROUND_CLOSED();
      const height = (await tip())._id + 1;
      if (vote.height !== height) throw errors.ROUND_CLOSED({ details: { height } });
      await inbox.take({ from: vote.validator, messages: [{ kind: 'vote', vote }] }, false);
      const { phase, view, validator } = vote;
      if (await evidence.isKnown({ event_type: 'double_vote', key: phase, height, view, validator }))
        throw errors.DOUBLE_VOTE();
      return {
        vote_id: `${height}:${view}:${phase}:${validator}`,
        status: 'accepted' as const,
        submitted_at: isoTime(clock),
        vote_weight: 1,
      };
    },

    consensusHistory: ({ query }) => evidence.list(query.offset ?? 0, query.limit ?? 20),

    consensusProof: async ({ body, user }) => {
      assertOperator(user);
      const { kind, node_id, slot, type } = body.data;
      if (body.type !== 'system' || kind !== 'task_proof')
        throw errors.PROOF_INVALID({
          details: { reason: 'not a system transaction of the kind task_proof' },
        });
      const { status } = await submissions.submit(body);
      const isConfirmed = status === 'confirmed';
      return {
        proof_id: `${String(node_id)}_${String(slot)}_${String(type)}`,
        tx_id: body.tx_id,
        status: isConfirmed ? ('confirmed' as const) : ('pending' as const),
      };
    },

    leaderOfSlot: ({ query }) => leaderOfSlot(deps, query.slot ?? slotAt(clock.nowMs())),

    consensusMessages: async ({ body, query }) => {
      await inbox.take(body, query.passed_on ?? false);
      return ourHeight();
    },

    consensusBlocks: async ({ query }) => ({
      ...(await ourHeight()),
      blocks: await certifiedBlocks(ledger, query.from, query.limit ?? 100),
    }),
  };
};

/** Votes and proofs are for nodes; a user may hand them in when it operates one. */
function assertOperator(user: User | undefined): void {
  if (user?.role === 'user') throw commonErrors.NOT_PERMITTED();
}
