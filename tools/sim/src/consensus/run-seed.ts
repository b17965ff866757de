// One seed from beginning to end: trouble, heal, growth; again.
import { SLOT_TIMEOUT_MS } from '@lucid/consensus';
import { isQuorum, SLOT_DURATION_MS } from '@lucid/ledger';
import { type Scenario, type ScenarioChoices, scenarioOf } from './scenario.ts';
import type { SimNode } from './sim-node.ts';
import { Trouble } from './trouble.ts';
import { Violation } from './violation.ts';
import { type SimFlaws, type Tell, World } from './world.ts';

/**
 * After a heal the chain grows within two slots. Where a host may need longer for a block than a leader is waited for at first,
 * patience has to grow before, once per slot, and a last fallback that lies may use up each of them: four.
 */
const slotsToRecover = ({ maxWorkMs }: Scenario): number => (maxWorkMs > SLOT_TIMEOUT_MS ? 4 : 2);

export interface SeedOptions {
  readonly choices?: ScenarioChoices;
  readonly flaws?: SimFlaws;
  readonly tell?: Tell;
}

export interface SeedOutcome {
  readonly seed: number;
  readonly scenario: Scenario;
  readonly violation?: { readonly rule: string; readonly detail: string };
  readonly height: number;
  readonly steps: number;
  readonly virtualMs: number;
  /** The longest time from a heal until the chain had grown on all honest nodes. */
  readonly slowestRecoveryMs: number;
}

interface Submitted {
  readonly name: string;
  readonly holder: SimNode;
  readonly disk: SimNode['disk'];
}

/** The same seed, choices and flaws give the same outcome, always. */
export function runSeed(seed: number, options: SeedOptions = {}): SeedOutcome {
  const scenario = scenarioOf(seed, options.choices);
  const run = new Run(scenario, options);
  try {
    run.all();
    return run.outcome();
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    return run.outcome(error);
  }
}

class Run {
  readonly #world: World;
  readonly #trouble: Trouble;
  readonly #submitted: Submitted[] = [];
  #steps = 0;
  #slowestRecoveryMs = 0;

  constructor(scenario: Scenario, { flaws = {}, tell }: SeedOptions) {
    this.#world = new World(scenario, flaws, tell);
    this.#trouble = new Trouble(this.#world);
  }

  all(): void {
    const { scenario, random, queue, nodes } = this.#world;
    for (const node of nodes) queue.after(random.pick([0, 0, 500, 20_000]), () => node.start());
    this.#submitSometimes();
    for (let round = 0; round < scenario.rounds; round++) {
      this.#trouble.begin(scenario.troubleMs);
      this.#pass(scenario.troubleMs, () => false);
      this.#trouble.heal();
      this.#expectGrowth();
    }
  }

  outcome(violation?: Violation): SeedOutcome {
    const { scenario, safety, queue, startMs } = this.#world;
    return {
      seed: scenario.seed,
      scenario,
      ...(violation && { violation: { rule: violation.rule, detail: violation.message } }),
      height: safety.height,
      steps: this.#steps,
      virtualMs: queue.nowMs - startMs,
      slowestRecoveryMs: this.#slowestRecoveryMs,
    };
  }

  /** @returns whether it ended before the time was over */
  #pass(durationMs: number, isEnough: () => boolean): boolean {
    const { queue } = this.#world;
    const endMs = queue.nowMs + durationMs;
    while (queue.step(endMs)) {
      this.#steps++;
      if (isEnough()) return true;
    }
    return false;
  }

  #expectGrowth(): void {
    const { queue, honest, safety } = this.#world;
    this.#submit();
    const mustGrow = this.#canGrow();
    const healedMs = queue.nowMs;
    const goal = safety.height + 1;
    const owed = this.#submitted.filter(
      ({ name, holder, disk }) => !safety.isConfirmed(name) && holder.disk === disk,
    );
    let seen = -1;
    const isDone = (): boolean => {
      if (safety.height < goal || seen === safety.height) return false;
      if (!honest.every((node) => node.disk.chain.length >= goal)) return false;
      seen = safety.height;
      return owed.every(({ name }) => safety.isConfirmed(name));
    };
    const slots = slotsToRecover(this.#world.scenario);
    const hasGrown = this.#pass(slots * SLOT_DURATION_MS, isDone);
    if (!mustGrow) return;
    if (!hasGrown) this.#complain(goal, owed, slots);
    this.#slowestRecoveryMs = Math.max(this.#slowestRecoveryMs, queue.nowMs - healedMs);
  }

  /** Whether enough honest nodes may vote, or none of them knows a block yet. Those that lost their memory may not. */
  #canGrow(): boolean {
    const { honest, nodes } = this.#world;
    const voters = honest.filter((node) => node.report()?.silentThroughSlot === null);
    const novices = honest.filter((node) => node.disk.chain.length === 0);
    return isQuorum(voters.length, nodes.length) || isQuorum(novices.length, nodes.length);
  }

  #complain(goal: number, owed: readonly Submitted[], slots: number): never {
    const { honest, safety } = this.#world;
    const where = honest.map((node) => `${node.name} ${node.report()?.state} at ${node.disk.chain.length}`);
    const missing = owed.filter(({ name }) => !safety.isConfirmed(name)).map(({ name }) => name);
    const what =
      safety.height < goal
        ? `height ${goal} is not reached`
        : `not confirmed: ${missing.join(', ') || 'none'}`;
    throw new Violation('growth after a heal', `${what} in ${slots} slots (${where.join('; ')})`);
  }

  #submitSometimes(): void {
    const { queue, random } = this.#world;
    queue.after(random.between(3000, 40_000), () => {
      this.#submit();
      this.#submitSometimes();
    });
  }

  #submit(): void {
    const { honest, random } = this.#world;
    const holder = random.pick(honest);
    const name = `tx${this.#submitted.length}`;
    if (holder.submit(name)) this.#submitted.push({ name, holder, disk: holder.disk });
  }
}
