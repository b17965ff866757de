// Who reaches whom, how late, how often. Messages overtake each other whenever their delays say so.
import type { EventQueue } from '../event-queue.ts';
import type { Prng } from '../prng.ts';

export interface Weather {
  readonly maxDelayMs: number;
  readonly loss: number;
  readonly duplication: number;
}

export const CALM: Weather = { maxDelayMs: 100, loss: 0, duplication: 0 };

export class Network {
  readonly #queue: EventQueue;
  readonly #random: Prng;
  readonly #cut = new Set<string>();
  weather: Weather = CALM;

  constructor(queue: EventQueue, random: Prng) {
    this.#queue = queue;
    this.#random = random;
  }

  /** Lets `arrive` happen once, twice or never. */
  carry(from: string, to: string, arrive: () => void): void {
    if (this.#cut.size > 0 && this.#cut.has(`${from}>${to}`)) return;
    const random = this.#random;
    const { loss, duplication, maxDelayMs } = this.weather;
    if (loss > 0 && random.chance(loss)) return;
    this.#queue.after(1 + random.fraction() ** 2 * maxDelayMs, arrive);
    if (duplication > 0 && random.chance(duplication))
      this.#queue.after(1 + random.fraction() * maxDelayMs * 3, arrive);
  }

  cut(from: string, to: string): void {
    this.#cut.add(`${from}>${to}`);
  }

  mend(): void {
    this.#cut.clear();
  }
}
