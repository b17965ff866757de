import { proposalHash, statusHash } from '@lucid/consensus';
import type { HttpClient, HttpRequest, HttpResponse } from '@lucid/http-client';
import {
  type Block,
  nextBlock,
  type SigningKey,
  signHash,
  signingKeyFromSeed,
  signVote,
  type Transaction,
  type UnsignedVote,
  viewOf,
} from '@lucid/ledger';
import { NODE_ID, validatorKey } from './support.ts';

const keys: ReadonlyMap<string, SigningKey> = new Map([
  [NODE_ID, validatorKey],
  ...['b', 'c', 'd'].map((name): [string, SigningKey] => [
    name.repeat(32),
    signingKeyFromSeed(name.repeat(64)),
  ]),
]);

/** This engine and three others, in the order of the genesis block. */
export const COUNCIL = [...keys].map(([validator, { publicKey }]) => ({ validator, public_key: publicKey }));
export const COLLEAGUES = COUNCIL.map(({ validator }) => validator).filter(
  (validator) => validator !== NODE_ID,
);

const keyOf = (validator: string): SigningKey => {
  const key = keys.get(validator);
  if (!key) throw new Error(`${validator} is no validator`);
  return key;
};

/** What the other validators of a chain would send, signed by their own keys. */
export class Colleagues {
  readonly #genesisHash: string;

  constructor(genesisHash: string) {
    this.#genesisHash = genesisHash;
  }

  vote(draft: UnsignedVote) {
    return { kind: 'vote', vote: signVote(draft, this.#genesisHash, keyOf(draft.validator)) };
  }

  /** "I have only the first block and know of no vote of mine", said to this engine, which began at that time. */
  novice(validator: string, startedMs: number) {
    const draft = {
      height: 0,
      view: 0,
      proposal: null,
      valid_view: null,
      novice: true,
      started_at_ms: startedMs,
      sent_at_ms: startedMs,
      answers: { validator: NODE_ID, started_at_ms: startedMs },
      validator,
    };
    const signature = signHash(statusHash(draft, this.#genesisHash), keyOf(validator));
    return { kind: 'status', status: { ...draft, signature } };
  }

  block(leader: string, parent: Block, timestampMs: number, transactions: Transaction[] = []): Block {
    return nextBlock({ parent, transactions, timestampMs, validator: leader, key: keyOf(leader) });
  }

  proposal(block: Block, validator = block.header.validator) {
    const { height, slot, fallback_index } = block.header;
    const view = viewOf(slot, fallback_index);
    const draft = { height, view, block_hash: block.hash, pol_view: null, validator };
    const signature = signHash(proposalHash(draft, this.#genesisHash), keyOf(validator));
    return { kind: 'proposal', proposal: { ...draft, signature }, block, pol: null };
  }

  /** The votes of these in the view of the block. */
  ballots(phase: UnsignedVote['phase'], block: Block, voters: readonly string[]) {
    const { height, slot, fallback_index } = block.header;
    const view = viewOf(slot, fallback_index);
    return voters.map((validator) => this.vote({ phase, height, view, block_hash: block.hash, validator }));
  }
}

interface Sent {
  address: string | undefined;
  messages: { kind: string; vote?: { phase: string; block_hash: string | null; validator: string } }[];
}

/** Takes every message and keeps it. */
export class CapturingHttp implements HttpClient {
  readonly sent: Sent[] = [];

  async request({ address, body }: HttpRequest): Promise<HttpResponse> {
    const { messages } = JSON.parse(String(body)) as Sent;
    this.sent.push({ address, messages });
    const answer = { json: async () => ({ height: 0 }), dump: async () => undefined };
    return {
      status: 202,
      headers: {},
      address: address ?? '',
      body: answer as unknown as HttpResponse['body'],
    };
  }

  /** Votes that went to this address, newest last. */
  votesTo(address: string) {
    return this.sent.flatMap((sent) =>
      sent.address === address ? sent.messages.flatMap(({ vote }) => (vote ? [vote] : [])) : [],
    );
  }

  upstreams() {
    return [];
  }

  async close(): Promise<void> {
    // nothing is open
  }
}
