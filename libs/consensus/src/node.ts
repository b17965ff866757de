// The node: one input in, a list of effects out.
import type { ConsensusBlock } from './block.ts';
import { askForBlocks, catchUp } from './catch-up.ts';
import { Core } from './core.ts';
import type { Effect } from './effect.ts';
import { type Flaws, NO_FLAWS } from './flaws.ts';
import { hear } from './hear.ts';
import type { Input } from './input.ts';
import { type Report, reportOf } from './report.ts';
import { RULES } from './rules/index.ts';
import type { Settings } from './settings.ts';

/** A host that had nothing to put in a block is asked again after this time. */
const ASK_AGAIN_MS = 1000;

/**
 * One validator, or one observer. The same inputs at the same times give the same effects. Not for two steps at a time; the
 * effects of one are begun before the next, in their order (see `Effect`).
 */
export class ConsensusNode<B extends ConsensusBlock> {
  readonly #settings: Settings<B>;
  readonly #flaws: Flaws;
  #core: Core<B> | undefined;

  /** @param flaws for tests alone */
  constructor(settings: Settings<B>, flaws: Flaws = NO_FLAWS) {
    this.#settings = settings;
    this.#flaws = flaws;
  }

  /**
   * @param nowMs milliseconds since 1970 by this node's clock; it may be set back
   * @throws Error when the first input is not `start`, or a later one is
   */
  step(input: Input<B>, nowMs: number): readonly Effect<B>[] {
    if (input.kind === 'start') {
      if (this.#core) throw new Error('a node starts once');
      const { memory, tip } = input;
      this.#core = new Core({ settings: this.#settings, flaws: this.#flaws, memory, tip, nowMs });
      this.#core.joinNovices();
      return finish(this.#core);
    }
    const core = this.#started();
    core.setTime(nowMs);
    take(core, input);
    return finish(core);
  }

  /** A look inside, for status routes and metrics. @throws Error before `start` */
  report(): Report {
    return reportOf(this.#started());
  }

  #started(): Core<B> {
    if (!this.#core) throw new Error('the first input of a node is start');
    return this.#core;
  }
}

function take<B extends ConsensusBlock>(core: Core<B>, input: Exclude<Input<B>, { kind: 'start' }>): void {
  switch (input.kind) {
    case 'wake':
      break;
    case 'message':
      hear(core, input.message);
      break;
    case 'block_built':
      takeBuilt(core, input);
      break;
    case 'block_judged':
      core.round.proposals.judged(input.hash, input.valid);
      break;
    case 'blocks_fetched':
      catchUp(core, input.from, input.blocks);
      break;
    case 'peer_status':
      core.sync.heard(input.peer, input.height);
      break;
    case 'work':
      core.hasWork = input.pending;
      if (input.pending && core.round.askHostAtMs !== undefined) core.round.askHostAtMs = 0;
      break;
  }
}

function takeBuilt<B extends ConsensusBlock>(
  core: Core<B>,
  { height, view, block }: Extract<Input<B>, { kind: 'block_built' }>,
): void {
  const { round, voter, nowMs } = core;
  if (height !== round.height || view !== round.view || voter === undefined) return; // too late
  if (round.proposal || round.prevote) return; // it gave itself up
  if (!block) {
    round.askHostAtMs = nowMs + ASK_AGAIN_MS;
    return;
  }
  round.proposals.judged(block.hash, true);
  core.propose(block, null);
}

/** Lets the rules speak until none has anything to say, then does what goes by the clock. */
function finish<B extends ConsensusBlock>(core: Core<B>): readonly Effect<B>[] {
  do {
    core.takeAlarm();
    for (const message of core.due.splice(0)) hear(core, message);
  } while (RULES.some((rule) => rule(core)));
  const atMs = Math.min(core.takeAlarm(), sayAgain(core), askForBlocks(core));
  return [...core.takeEffects(), { kind: 'wake', atMs }];
}

/** Says the status and the own votes of this height again, when it is time. @returns when to look again */
function sayAgain<B extends ConsensusBlock>(core: Core<B>): number {
  const { repeater, nowMs, round, outbox, flaws } = core;
  if (core.validator === undefined || flaws.neverRepeats) return Number.POSITIVE_INFINITY;
  if (repeater.isDue(nowMs)) {
    const status = core.status();
    if (status) outbox.say({ kind: 'broadcast', message: { kind: 'status', status } });
    for (const vote of [...round.saidBefore, round.prevote, round.precommit])
      if (vote) outbox.say({ kind: 'broadcast', message: { kind: 'vote', vote } });
  }
  return repeater.dueMs;
}
