import { describe, expect, it } from 'vitest';
import {
  DEFAULT_POLICY,
  decide,
  EXIT_CONFIG,
  freshRecord,
  type InstanceEvent,
  type InstanceRecord,
} from '../src/engines/process/instance-state.ts';

/** Feeds events one second apart unless told otherwise, and returns the last decision. */
function after(events: readonly InstanceEvent[], options: { mayGiveUp?: boolean; stepMs?: number } = {}) {
  let record: InstanceRecord = freshRecord;
  let nowMs = 1_000_000;
  let action: ReturnType<typeof decide>['action'] = { kind: 'none' };
  for (const event of events) {
    nowMs += options.stepMs ?? 1_000;
    ({ record, action } = decide(record, event, nowMs, options.mayGiveUp ?? true));
  }
  return { ...record, action };
}
const start: InstanceEvent = { type: 'start' };
const passed: InstanceEvent = { type: 'probe-passed' };
const refused: InstanceEvent = { type: 'probe-failed' };
const crash: InstanceEvent = { type: 'exited', code: 1 };
const retry: InstanceEvent = { type: 'retry' };
const stop: InstanceEvent = { type: 'stop' };
const crashes = (count: number): InstanceEvent[] =>
  Array.from({ length: count }, () => [crash, retry]).flat();

describe('an instance', () => {
  it('is spawned, becomes ready, unready and ready again', () => {
    expect(after([start])).toMatchObject({ state: 'starting', action: { kind: 'spawn' } });
    expect(after([start, refused])).toMatchObject({ state: 'starting' });
    expect(after([start, passed])).toMatchObject({ state: 'ready' });
    expect(after([start, passed, refused])).toMatchObject({ state: 'unready' });
    expect(after([start, passed, refused, passed])).toMatchObject({ state: 'ready' });
  });

  it('waits twice as long after every crash, up to five seconds', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7].map((count) => {
      const { action } = after([start, passed, ...crashes(count).slice(0, -1)], { mayGiveUp: false });
      return action.kind === 'retry-later' ? action.delayMs : action.kind;
    });
    expect(delays).toEqual([200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
  });

  it('starts with a short pause again after it was stable', () => {
    const stable = [start, passed, crash, retry, passed];
    const { action } = after([...stable, crash], { stepMs: DEFAULT_POLICY.stableAfterMs, mayGiveUp: false });
    expect(action).toEqual({ kind: 'retry-later', delayMs: 200 });
  });

  it('gives up after five crashes in a minute while the system starts', () => {
    expect(after([start, ...crashes(4), crash])).toMatchObject({
      state: 'failed',
      action: { kind: 'give-up' },
    });
    expect(after([start, ...crashes(4), crash], { stepMs: 20_000 })).toMatchObject({ state: 'backoff' });
  });

  it('never gives up later, once it has been ready', () => {
    expect(after([start, passed, ...crashes(20), crash], { mayGiveUp: false })).toMatchObject({
      state: 'backoff',
      restarts: 21,
    });
  });

  it('is not tried again when its configuration is wrong or it was not ready in time', () => {
    expect(after([start, { type: 'exited', code: EXIT_CONFIG }])).toMatchObject({ state: 'failed' });
    const late: InstanceEvent[] = [start, { type: 'start-deadline' }];
    expect(after(late)).toMatchObject({ state: 'starting', action: { kind: 'terminate' } });
    expect(after([...late, { type: 'exited', code: null }])).toMatchObject({ state: 'failed' });
  });

  it('stops from every state, and an exit is then no crash', () => {
    expect(after([stop])).toMatchObject({ state: 'stopped' });
    expect(after([start, stop])).toMatchObject({ state: 'stopping', action: { kind: 'terminate' } });
    expect(after([start, passed, stop, crash])).toMatchObject({ state: 'stopped', restarts: 0 });
    expect(after([start, crash, stop, retry])).toMatchObject({ state: 'stopped' });
    expect(after([start, ...crashes(4), crash, stop])).toMatchObject({ state: 'stopped' });
    expect(after([start, stop, passed])).toMatchObject({ state: 'stopping' });
  });
});
