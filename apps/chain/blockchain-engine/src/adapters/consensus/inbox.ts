import type { Input } from '@lucid/consensus';
import { blockchainEngine } from '@lucid/contracts';
import type { ServiceError } from '@lucid/errors';
import type { HttpClient } from '@lucid/http-client';
import { type Block, Transaction } from '@lucid/ledger';
import { Compile } from 'typebox/compile';
import { judgeMessage } from '../../domain/judge-message.ts';
import { errors } from '../../errors.ts';
import type { Producer } from '../producer.ts';
import type { Submissions } from '../submissions.ts';
import type { Validators } from '../validators.ts';
import type { WriterLease } from '../writer-lease.ts';
import { TRANSACTIONS } from './gossip.ts';
import type { SignatureMemo } from './signature-memo.ts';

export interface InboxDeps {
  validators: Validators;
  signatures: SignatureMemo;
  submissions: Pick<Submissions, 'submitAll'>;
  producer: Pick<Producer, 'hear' | 'state'>;
  lease: Pick<WriterLease, 'holderAddress'>;
  http: HttpClient;
  /** Name of this service, to which a call to another instance of it is made out. */
  service: string;
  port: number;
}

/** What comes from another validator. */
export interface Delivery {
  from: string;
  messages: readonly Record<string, unknown>[];
}

const transactionShape = Compile(Transaction);
const FORWARD_TIMEOUT_MS = 2000;
const { path: MESSAGES } = blockchainEngine.endpoints.consensusMessages;

/**
 * Takes what other validators send. Every instance keeps transactions; votes go to the one that holds the lease. One message
 * that is refused does not keep the others from being heard.
 */
export class Inbox {
  readonly #deps: InboxDeps;

  constructor(deps: InboxDeps) {
    this.#deps = deps;
  }

  /** @param isPassedOn by another instance of this validator: not to be passed on again @throws the first refusal, 6202 when no instance votes */
  async take({ from, messages }: Delivery, isPassedOn: boolean): Promise<void> {
    const refusals: ServiceError[] = [];
    const votes: Record<string, unknown>[] = [];
    const inputs: Input<Block>[] = [];
    const carried: Transaction[] = [];
    for (const candidate of messages) {
      if (candidate.kind === TRANSACTIONS) {
        const list = transactionsIn(candidate);
        if (list) carried.push(...list);
        else refusals.push(errors.MESSAGE_INVALID({ details: { reason: 'transactions of another form' } }));
        continue;
      }
      const judged = judgeMessage(candidate, this.#rules());
      if ('refusal' in judged) {
        refusals.push(judged.refusal);
        continue;
      }
      votes.push(candidate);
      inputs.push({ kind: 'message', from, message: judged.message });
    }
    if (inputs.length > 0) await this.#hear(inputs, { from, messages: votes }, isPassedOn);
    if (carried.length > 0) await this.#deps.submissions.submitAll(carried, true);
    const [refusal] = refusals;
    if (refusal) throw refusal;
  }

  async #hear(inputs: readonly Input<Block>[], delivery: Delivery, isPassedOn: boolean): Promise<void> {
    const { producer } = this.#deps;
    if (producer.state !== 'standby' || isPassedOn) return producer.hear(inputs);
    return this.#passOn(delivery);
  }

  async #passOn(delivery: Delivery): Promise<void> {
    const { lease, http, service, port } = this.#deps;
    const address = await lease.holderAddress();
    if (address === undefined) throw errors.NOT_WRITER();
    const answer = await http.request({
      baseUrl: `http://${service}:${port}`,
      address,
      method: 'POST',
      path: `${MESSAGES}?passed_on=true`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(delivery),
      timeoutMs: FORWARD_TIMEOUT_MS,
      idempotent: true,
    });
    await answer.body.dump();
    if (answer.status !== 202)
      throw errors.NOT_WRITER({ details: { holder: address, status: answer.status } });
  }

  #rules() {
    const { validators, signatures } = this.#deps;
    return {
      genesisHash: validators.genesis.hash,
      publicKeyOf: validators.publicKeyOf,
      holds: (hash: string, signature: string, publicKey: string) =>
        signatures.holds(hash, signature, publicKey),
    };
  }
}

function transactionsIn({ transactions }: Record<string, unknown>): Transaction[] | undefined {
  if (!Array.isArray(transactions) || !transactions.every((one) => transactionShape.Check(one)))
    return undefined;
  return transactions;
}
