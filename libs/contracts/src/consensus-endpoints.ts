import { Block, Certificate, MAX_BLOCK_BYTES, Transaction } from '@lucid/ledger';
import { Type } from 'typebox';
import {
  AcceptedProof,
  ChainPeer,
  ConsensusEvent,
  LeaderOfSlot,
  OutsideVote,
  Participant,
} from './consensus-types.ts';
import type { Endpoint } from './endpoint.ts';
import { AnyObject, Count, Nullable, OneOf, Strict, Timestamp } from './schemas.ts';

/** How the validators agree, and what they say to each other. Part of the contract of the blockchain engine. */
export const consensusEndpoints = {
  chainNetwork: {
    method: 'GET',
    path: '/api/v1/chain/network',
    summary: 'The other validators, as this one knows them.',
    access: 'user_or_service',
    replies: {
      200: Strict({
        /** Of those, how many answered of late. */
        peer_count: Count,
        connected_peers: Type.Array(ChainPeer),
        /** 0 while nobody answers. */
        network_latency_avg: Type.Number({ minimum: 0 }),
        consensus_participants: Type.Array(Type.String()),
      }),
    },
  },
  consensusStatus: {
    method: 'GET',
    path: '/api/v1/consensus/status',
    summary: 'Slot, epoch, leader, and how far the vote on the next block is.',
    access: 'user_or_service',
    replies: {
      200: Strict({
        status: OneOf(['active', 'voting', 'error']),
        /** bootstrap: the validators of the genesis block take turns; poot: those that proved their work lead. */
        mode: OneOf(['bootstrap', 'poot']),
        slot: Count,
        epoch: Count,
        leader: Type.String(),
        fallbacks: Type.Array(Type.String()),
        /** The height that is voted on. */
        height: Count,
        /** slot × 4 + fallback index. */
        current_round: Count,
        /** This validator has lost its memory of votes and says nothing until a block is confirmed after this slot. */
        silent_through_slot: Nullable(Count),
        participants_count: Count,
        /** So many of them must agree. */
        voting_threshold: Count,
        last_consensus_time: Timestamp,
        consensus_algorithm: Type.String(),
      }),
    },
  },
  consensusParticipants: {
    method: 'GET',
    path: '/api/v1/consensus/participants',
    summary: 'Who votes, and how reliably.',
    access: 'user_or_service',
    replies: { 200: Strict({ participants: Type.Array(Participant) }) },
  },
  consensusVote: {
    method: 'POST',
    path: '/api/v1/consensus/vote',
    summary: 'Hand in a validator’s signed vote on a block.',
    access: 'user_or_service',
    idempotent: true,
    body: OutsideVote,
    replies: {
      202: Strict({
        vote_id: Type.String(),
        status: OneOf(['accepted']),
        submitted_at: Timestamp,
        vote_weight: Count,
      }),
    },
  },
  consensusHistory: {
    method: 'GET',
    path: '/api/v1/consensus/history',
    summary: 'What the voting brought about, newest first.',
    access: 'user_or_service',
    query: Strict({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
      offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000, default: 0 })),
    }),
    replies: { 200: Strict({ events: Type.Array(ConsensusEvent), total: Count }) },
  },
  consensusProof: {
    method: 'POST',
    path: '/api/v1/consensus/proofs',
    summary: 'Hand in a proof of work done: a system transaction of the kind task_proof, signed by the node.',
    access: 'user_or_service',
    idempotent: true,
    body: Transaction,
    replies: { 202: AcceptedProof },
  },
  leaderOfSlot: {
    method: 'GET',
    path: '/api/v1/consensus/leader',
    summary: 'Who leads a slot, by the chain as it stands; of a slot that is over, how it went.',
    access: 'user_or_service',
    query: Strict({ slot: Type.Optional(Count) }),
    replies: { 200: LeaderOfSlot },
  },
  consensusMessages: {
    method: 'POST',
    path: '/api/v1/consensus/messages',
    summary: 'From validator to validator: proposals, votes, transactions. Each carries its own signature.',
    access: 'service',
    idempotent: true,
    query: Strict({
      /** By another instance of the same validator. */
      passed_on: Type.Optional(Type.Boolean()),
    }),
    body: Strict({
      /** Who sends, which need not be who wrote. */
      from: Type.String({ minLength: 1, maxLength: 128 }),
      messages: Type.Array(AnyObject, { minItems: 1, maxItems: 500 }),
    }),
    bodyLimitBytes: 2 * MAX_BLOCK_BYTES,
    replies: { 202: Strict({ validator: Type.String(), height: Count }) },
  },
  consensusBlocks: {
    method: 'GET',
    path: '/api/v1/consensus/blocks',
    summary:
      'Blocks with their certificates, for validators that are behind. Ends early when the answer grows large.',
    access: 'service',
    query: Strict({
      from: Count,
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 100 })),
    }),
    replies: {
      200: Strict({
        validator: Type.String(),
        height: Count,
        blocks: Type.Array(Strict({ block: Block, certificate: Type.Union([Certificate, Type.Null()]) })),
      }),
    },
  },
} as const satisfies Record<string, Endpoint>;
