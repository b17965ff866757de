import { createHash } from 'node:crypto';
import { type Clock, isoTime } from '@lucid/clock';
import {
  type Block,
  type Certificate,
  canonicalJson,
  type SigningKey,
  signTransaction,
  slotAt,
  slotStartMs,
  type Transaction,
} from '@lucid/ledger';
import type { Logger } from '@lucid/logging';
import { MAX_UPTIME_SECONDS, type TaskProofData } from '@lucid/poot';
import { uuidOfHash } from '../../domain/uuid-of-hash.ts';
import type { Submissions } from '../submissions.ts';

export interface BeaconsDeps {
  clock: Clock;
  logger: Logger;
  key: SigningKey;
  /** Name of this validator, which is a node of the chain from its first block on. */
  validator: string;
}

export interface BeaconsHost {
  submissions: Pick<Submissions, 'submit'>;
  /** Whether this instance speaks for the validator now. */
  isSeated: () => boolean;
}

/**
 * What this validator proves of itself: at the end of every slot, how long it was up in it and how many sessions stand in
 * blocks that it voted for. One of each per slot, whichever instance hands it in.
 */
export class Beacons {
  readonly #deps: BeaconsDeps;
  #sinceMs: number;
  #validatedSessions = 0;

  constructor(deps: BeaconsDeps) {
    this.#deps = deps;
    this.#sinceMs = deps.clock.monotonicMs();
  }

  /** A block was put on the chain. */
  saw({ transactions }: Block, { votes }: Certificate): void {
    if (!votes.some(({ validator }) => validator === this.#deps.validator)) return;
    this.#validatedSessions += transactions.filter(({ type }) => type === 'session_anchor').length;
  }

  async run(signal: AbortSignal, host: BeaconsHost): Promise<void> {
    const { clock } = this.#deps;
    while (!signal.aborted) {
      const slot = slotAt(clock.nowMs());
      await clock.sleep(slotStartMs(slot + 1) - clock.nowMs(), signal).catch((reason: unknown) => {
        if (!signal.aborted) throw reason;
      });
      if (!signal.aborted) await this.prove(slot, host);
    }
  }

  /** Hands in the proofs for a slot that has just ended. */
  async prove(slot: number, { submissions, isSeated }: BeaconsHost): Promise<void> {
    const { clock, logger, validator } = this.#deps;
    const upSeconds = Math.floor((clock.monotonicMs() - this.#sinceMs) / 1000);
    const uptime_seconds = Math.min(upSeconds, MAX_UPTIME_SECONDS);
    const validated_sessions = this.#validatedSessions;
    this.#sinceMs += upSeconds * 1000; // what is left of a second counts in the next slot
    this.#validatedSessions = 0;
    if (!isSeated()) return;
    const of = { kind: 'task_proof', node_id: validator, slot } as const;
    const proofs: TaskProofData[] = [{ ...of, type: 'uptime_beacon', value: { uptime_seconds } }];
    if (validated_sessions > 0)
      proofs.push({ ...of, type: 'validation_signature', value: { validated_sessions } });
    for (const proof of proofs)
      await submissions.submit(this.#sign(proof)).catch((error: unknown) => {
        logger.warn({ err: error, slot, type: proof.type }, 'a proof of this slot was not taken');
      });
  }

  /** Its id follows from node, slot and type: an instance that starts anew in the slot cannot prove it twice. */
  #sign(data: TaskProofData): Transaction {
    const { clock, key } = this.#deps;
    const { node_id, slot, type } = data;
    const name = canonicalJson({ kind: 'task_proof', node_id, slot, type });
    const tx_id = uuidOfHash(createHash('sha256').update(name).digest('hex'));
    return signTransaction({ tx_id, type: 'system', data: { ...data }, timestamp: isoTime(clock) }, key);
  }
}
