import type { Clock } from '@lucid/clock';
import type { Logger } from '@lucid/logging';
import type { Decision } from './domain/decision.ts';
import { errors, InitError } from './errors.ts';

/** One of the jobs: how to look, how to decide (pure), how to act. */
export interface InitTask<Observation, Action> {
  observe(): Promise<Observation>;
  next(observation: Observation): Decision<Action>;
  /** One line of log, without secrets. */
  describe(action: Action): string;
  /** Must be safe to repeat. @throws InitError when a repetition is pointless, anything else when it is not */
  perform(action: Action): Promise<void>;
  close(): Promise<void>;
}

export interface ConvergeOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly deadlineSeconds: number;
  /** Pause before looking again when there was nothing to do but wait. @default 250 */
  readonly pauseMs?: number;
}

/**
 * Repeats look, decide, act until the planner says that all is right.
 * @returns how many steps were taken; 0 means that nothing had to be done
 * @throws InitError refused, past the deadline, or a step that a server refuses for good
 */
export async function converge<Observation, Action>(
  task: InitTask<Observation, Action>,
  { clock, logger, deadlineSeconds, pauseMs = 250 }: ConvergeOptions,
): Promise<number> {
  const endMs = clock.monotonicMs() + deadlineSeconds * 1000;
  let waitingFor = 'there are steps left to do';
  for (let steps = 0; ; ) {
    const decision = task.next(await task.observe());
    if (decision.kind === 'done') return steps;
    if (decision.kind === 'refuse') throw errors.refused(decision.reason);
    let reason = decision.kind === 'wait' ? decision.reason : undefined;
    if (decision.kind === 'do') {
      reason = await attempt(task, decision.action);
      if (reason === undefined) logger.info({ step: ++steps }, task.describe(decision.action));
    }
    if (clock.monotonicMs() >= endMs) throw errors.deadline(deadlineSeconds, reason ?? waitingFor);
    if (reason === undefined) continue;
    if (reason !== waitingFor) logger.info(`waiting: ${reason}`);
    waitingFor = reason;
    await clock.sleep(pauseMs);
  }
}

/** @returns why it did not work this time, undefined when it did */
async function attempt<Observation, Action>(
  task: InitTask<Observation, Action>,
  action: Action,
): Promise<string | undefined> {
  try {
    await task.perform(action);
    return undefined;
  } catch (error) {
    if (error instanceof InitError) throw error;
    return `${task.describe(action)}: ${(error as Error).message}`;
  }
}
