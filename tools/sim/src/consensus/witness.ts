// Whether a node that was given two different votes of one validator says so.
import type { Effect, Input, Report } from '@lucid/consensus';
import type { Vote } from '@lucid/ledger';
import type { Safety } from './safety.ts';
import type { SimBlock } from './sim-block.ts';

/** Closer to its own view than a node's memory of votes reaches. */
const VIEWS_NEAR = 4;

/** The node it stands beside. */
interface Watched {
  readonly name: string;
  report(): Report | undefined;
}

export class Witness {
  readonly #node: Watched;
  readonly #safety: Safety;
  readonly #isGenuine: (vote: Vote) => boolean;
  readonly #heard = new Map<string, string | null>();
  readonly #reported = new Set<string>();

  constructor(node: Watched, safety: Safety, isGenuine: (vote: Vote) => boolean) {
    this.#node = node;
    this.#safety = safety;
    this.#isGenuine = isGenuine;
  }

  /** The node crashed: what it was told is gone. */
  forget(): void {
    this.#heard.clear();
    this.#reported.clear();
  }

  /** Before a step. @returns the vote that contradicts one the node has counted */
  watch(input: Input<SimBlock>): Vote | undefined {
    if (input.kind !== 'message' || input.message.kind !== 'vote') return undefined;
    const { vote } = input.message;
    const report = this.#node.report();
    if (!report || vote.height !== report.tipHeight + 1) return undefined;
    if (Math.abs(vote.view - report.view) > VIEWS_NEAR || !this.#isGenuine(vote)) return undefined;
    const before = this.#heard.get(keyOf(vote));
    if (before === undefined) this.#heard.set(keyOf(vote), vote.block_hash);
    return before !== undefined && before !== vote.block_hash ? vote : undefined;
  }

  /** After that step. @throws Violation when it kept silent */
  check(contradiction: Vote | undefined, effects: readonly Effect<SimBlock>[]): void {
    for (const effect of effects)
      if (effect.kind === 'evidence' && effect.evidence.kind === 'vote')
        this.#reported.add(keyOf(effect.evidence.first));
    if (contradiction && !this.#reported.has(keyOf(contradiction)))
      this.#safety.overlooked(this.#node.name, contradiction);
  }
}

function keyOf({ validator, height, view, phase }: Vote): string {
  return `${validator} ${height} ${view} ${phase}`;
}
