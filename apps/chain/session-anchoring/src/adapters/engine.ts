import type { blockchainEngine, Client, TransactionProof, TransactionRecord } from '@lucid/contracts';
import { ServiceError, wireCode } from '@lucid/errors';
import type { Transaction } from '@lucid/ledger';
import { ENGINE } from '../domain/engine-codes.ts';

const TIMEOUT_MS = 5000;

/** What anchoring asks of the engine. Throws whatever the call throws; only a definite "unknown" is an answer. */
export class Engine {
  readonly #client: Client<typeof blockchainEngine>;
  #isAnswering = true;

  constructor(client: Client<typeof blockchainEngine>) {
    this.#client = client;
  }

  /** Whether the last call was answered, if only by a refusal. */
  get isAnswering(): boolean {
    return this.#isAnswering;
  }

  /** @returns the code of the refusal by transaction id; those that were taken are not in it */
  async send(transactions: Transaction[]): Promise<Map<string, string>> {
    const sent = this.#client.submitBatch({ body: { transactions }, timeoutMs: TIMEOUT_MS });
    const { body } = await this.#watched(sent);
    return new Map(body.errors.map(({ tx_id, code }) => [tx_id, code]));
  }

  /** @returns undefined when the engine says that it does not know it */
  async find(tx_id: string): Promise<TransactionRecord | undefined> {
    const asked = this.#client.getTransaction({ params: { tx_id }, timeoutMs: TIMEOUT_MS });
    return (await unlessUnknown(this.#watched(asked)))?.body;
  }

  /** @returns undefined when the engine does not know the transaction, or it is in no block yet */
  async proof(tx_id: string): Promise<TransactionProof | undefined> {
    const record = await this.find(tx_id);
    if (record?.status !== 'confirmed') return undefined;
    const asked = this.#client.getTransactionProof({ params: { tx_id }, timeoutMs: TIMEOUT_MS });
    return (await unlessUnknown(this.#watched(asked)))?.body;
  }

  async tip(): Promise<{ height: number; blockTimeMs: number }> {
    const { body } = await this.#watched(this.#client.chainInfo({ timeoutMs: TIMEOUT_MS }));
    return { height: body.current_height, blockTimeMs: body.block_time_seconds * 1000 };
  }

  async #watched<Value>(call: Promise<Value>): Promise<Value> {
    try {
      const answer = await call;
      this.#isAnswering = true;
      return answer;
    } catch (error) {
      this.#isAnswering = error instanceof ServiceError && error.status < 500;
      throw error;
    }
  }
}

async function unlessUnknown<Value>(call: Promise<Value>): Promise<Value | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ServiceError && wireCode(error.code) === ENGINE.unknownTransaction) return undefined;
    throw error;
  }
}
