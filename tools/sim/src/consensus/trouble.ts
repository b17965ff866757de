// A while of bad luck: faults at drawn moments, all of them mended at the end.

import { isQuorum } from '@lucid/ledger';
import { CALM } from './network.ts';
import type { Fault } from './scenario.ts';
import type { SimNode } from './sim-node.ts';
import type { Mortal } from './surroundings.ts';
import type { World } from './world.ts';

const CLOCKS_AFTER_HEAL_MS = 1000;

export class Trouble {
  readonly #world: World;
  #isOver = true;

  constructor(world: World) {
    this.#world = world;
    world.onCrash = (node) => {
      world.queue.after(0, () => this.#crash(node, false));
    };
  }

  /** Lets faults happen for this long. */
  begin(durationMs: number): void {
    const { queue, network, scenario } = this.#world;
    const { maxDelayMs, loss, duplication } = scenario;
    this.#isOver = false;
    network.weather = { maxDelayMs, loss, duplication };
    for (const node of this.#world.nodes) this.#setClock(node, scenario.maxSkewMs);
    const endMs = queue.nowMs + durationMs;
    const next = () => {
      if (this.#isOver || queue.nowMs >= endMs) return;
      this.#strike();
      queue.after(this.#world.random.between(500, 20_000), next);
    };
    queue.after(this.#world.random.between(0, 10_000), next);
  }

  /** Everything that is broken works again; lies go on. */
  heal(): void {
    const { network, nodes } = this.#world;
    this.#isOver = true;
    this.#world.trace('', () => '── healed ──');
    network.mend();
    network.weather = CALM;
    for (const node of nodes) {
      node.crashesAtWrite = false;
      this.#setClock(node, Math.min(this.#world.scenario.maxSkewMs, CLOCKS_AFTER_HEAL_MS));
      node.start();
    }
  }

  #strike(): void {
    const { random, scenario, honest, nodes, queue, network } = this.#world;
    const faults = (Object.keys(scenario.appetite) as Fault[]).filter(
      (fault) => scenario.appetite[fault] > 0,
    );
    if (faults.length === 0) return;
    const fault = random.pick(faults);
    const victim = random.pick(honest);
    this.#world.trace('', () => `── ${fault} ──`);
    switch (fault) {
      case 'partition': {
        const side = new Set(random.some(nodes, 0.5));
        for (const a of side)
          for (const b of nodes) {
            if (side.has(b)) continue;
            network.cut(a.name, b.name);
            network.cut(b.name, a.name);
          }
        queue.after(random.between(1000, 60_000), () => network.mend());
        return;
      }
      case 'one_way':
        for (const node of random.some(nodes, 0.6)) {
          if (random.chance(0.5)) network.cut(victim.name, node.name);
          else network.cut(node.name, victim.name);
        }
        queue.after(random.between(1000, 60_000), () => network.mend());
        return;
      case 'crash':
        this.#crash(victim, false);
        return;
      case 'crash_at_write':
        for (const node of random.some(honest, 0.4)) node.crashesAtWrite = node.isUp;
        return;
      case 'wipe':
        if (this.#mayWipe(victim)) this.#crash(victim, true);
        return;
      case 'clock':
        this.#setClock(random.pick(nodes), scenario.maxSkewMs);
        return;
      case 'weather': {
        const maxDelayMs = random.pick([20, 500, 3000, 10_000]);
        network.weather = { maxDelayMs, loss: random.pick([0, 0.1, 0.5]), duplication: scenario.duplication };
        return;
      }
    }
  }

  #crash(node: Mortal, losesDisk: boolean): void {
    const { random, queue } = this.#world;
    node.crash(losesDisk);
    queue.after(random.pick([10, 200, 1500, 10_000, 40_000]), () => node.start());
  }

  /**
   * Among novices a node without a memory may vote at once. So until all honest nodes know a block, losing a disk would be worse
   * than the rules promise to bear: it would make a liar of an honest node.
   */
  #mayWipe(victim: SimNode): boolean {
    const { nodes, honest } = this.#world;
    const isAlone = isQuorum(nodes.length - honest.length + 1, nodes.length);
    return !isAlone && honest.every((node) => node === victim || node.disk.chain.length > 0);
  }

  #setClock(node: SimNode, maxSkewMs: number): void {
    node.skewMs = maxSkewMs === 0 ? 0 : this.#world.random.between(-maxSkewMs, maxSkewMs);
    node.clockChanged();
  }
}
