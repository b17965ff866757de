import { argon2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Clock, Random } from '@lucid/clock';
import { commonErrors } from '@lucid/errors';
import { ARGON2_COST, type Argon2Cost, formatPhc, parsePhc } from '../domain/phc.ts';
import type { Passwords } from '../domain/ports.ts';

const argon2Async = promisify(argon2);

const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** At 2 × 30 per second, whoever comes after these would wait longer than a client does. */
const MAX_WAITING = 300;

export interface Argon2Options {
  clock: Clock;
  random: Random;
  /** Hashes at the same time; each takes a thread of Node's pool and the memory of the cost. */
  concurrency: number;
  onHashed: (seconds: number) => void;
  /** @default OWASP's */
  cost?: Argon2Cost;
  /** @default that of node:crypto */
  derive?: typeof argon2Async;
}

/** argon2id by Node's own crypto. Unicode forms of the same text are the same password (NFKC). */
export class Argon2Passwords implements Passwords {
  readonly #options: Options;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  /** Hashed where there is no account, so that both cases take the same time. */
  readonly #dummy: string;

  constructor(options: Argon2Options) {
    this.#options = { cost: ARGON2_COST, derive: argon2Async, ...options };
    const { cost, random } = this.#options;
    this.#dummy = formatPhc({ cost, salt: random.bytes(SALT_BYTES), hash: random.bytes(HASH_BYTES) });
  }

  /** True when the next password would be turned away. */
  get isFull(): boolean {
    return this.#waiting.length >= MAX_WAITING;
  }

  async hash(password: string): Promise<string> {
    const { cost, random } = this.#options;
    const salt = random.bytes(SALT_BYTES);
    return formatPhc({ cost, salt, hash: await this.#derive(password, salt, cost) });
  }

  async verify(password: string, phc: string | undefined): Promise<boolean> {
    const { cost, salt, hash } = parsePhc(phc ?? this.#dummy);
    const derived = await this.#derive(password, salt, cost);
    return derived.length === hash.length && timingSafeEqual(derived, hash) && phc !== undefined;
  }

  async #derive(password: string, salt: Buffer, cost: Argon2Cost): Promise<Buffer> {
    await this.#enter();
    const { clock, derive, onHashed } = this.#options;
    const startedMs = clock.monotonicMs();
    try {
      return await derive('argon2id', {
        message: password.normalize('NFKC'),
        nonce: salt,
        memory: cost.memoryKiB,
        passes: cost.passes,
        parallelism: cost.parallelism,
        tagLength: HASH_BYTES,
      });
    } finally {
      onHashed((clock.monotonicMs() - startedMs) / 1000);
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < this.#options.concurrency) {
      this.#running++;
      return;
    }
    if (this.isFull) throw commonErrors.UNAVAILABLE({ headers: { 'retry-after': '2' } });
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Hands the slot on, or gives it back. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running--;
  }
}

type Options = Argon2Options & Required<Pick<Argon2Options, 'cost' | 'derive'>>;
