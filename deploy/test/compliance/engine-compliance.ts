import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Engine, EngineEvent, LogLine, UpOptions } from '../../src/engines/engine.ts';

export interface EngineUnderTest {
  readonly engine: Engine;
  readonly up: UpOptions;
  /** Every service of the system it runs. */
  readonly services: readonly string[];
  /** One of them that may have 1 to 3 instances. */
  readonly scalable: string;
  teardown(): Promise<void>;
}

/** What holds for every engine, whatever it runs on. A new engine calls this with its own setup and nothing else. */
export function engineCompliance(name: string, setup: () => Promise<EngineUnderTest>): void {
  vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 }); // containers on a busy machine take their time
  describe(`the ${name} engine, like any engine,`, () => {
    let subject: EngineUnderTest;
    const events: EngineEvent[] = [];
    const idsOf = async (service: string) =>
      ((await subject.engine.status())?.instances ?? [])
        .filter((instance) => instance.service === service && instance.state === 'ready')
        .map((instance) => instance.id);
    const started = async () =>
      (await subject.engine.status())?.instances.map((each) => [each.id, each.startedAt]);

    beforeAll(async () => {
      subject = await setup();
    });
    afterAll(() => subject.teardown());

    it('has no status and nothing to stop before it is up', async () => {
      expect(await subject.engine.status()).toBeUndefined();
      expect(await subject.engine.down()).toBe(0);
      await expect(subject.engine.scale(subject.scalable, 1)).rejects.toMatchObject({
        code: 'engine-not-up',
      });
    });

    it('brings everything up and returns when it is ready', async () => {
      const report = await subject.engine.up(subject.up, (event) => events.push(event));
      expect(report.started).toBe(true);
      expect(report.status.phase).toBe('running');
      expect([...new Set(report.status.instances.map((each) => each.service))]).toEqual([
        ...subject.services,
      ]);
      expect(report.status.instances.map((each) => each.state)).toEqual(subject.services.map(() => 'ready'));
      const ready = events.flatMap((event) =>
        event.type === 'instance' && event.state === 'ready' ? [event.id] : [],
      );
      expect(ready.toSorted()).toEqual(report.status.instances.map((each) => each.id).toSorted());
    });

    it('changes nothing when it is asked to come up again', async () => {
      const before = await started();
      const report = await subject.engine.up(subject.up);
      expect(report).toMatchObject({ started: false, restarted: [] });
      expect(await started()).toEqual(before);
    });

    it('scales out and in again, keeping the first instance', async () => {
      const first = await idsOf(subject.scalable);
      await subject.engine.scale(subject.scalable, 3);
      const three = await idsOf(subject.scalable);
      expect(three).toHaveLength(3);
      expect(new Set(three).size).toBe(3);
      await subject.engine.scale(subject.scalable, 1);
      expect(await idsOf(subject.scalable)).toEqual(first);
    });

    it('refuses what the model does not allow', async () => {
      await expect(subject.engine.scale(subject.scalable, 999)).rejects.toMatchObject({
        code: 'out-of-scale-range',
      });
      await expect(subject.engine.scale('nobody', 1)).rejects.toMatchObject({ code: 'no-such-service' });
      await expect(subject.engine.restart('nobody')).rejects.toMatchObject({ code: 'no-such-service' });
      await expect(subject.engine.up({ ...subject.up, profile: 'nope' })).rejects.toMatchObject({
        code: 'no-such-profile',
      });
    });

    it('restarts a service under the same name', async () => {
      const before = await started();
      await subject.engine.restart(subject.scalable);
      const after = await started();
      expect(after?.map(([id]) => id)).toEqual(before?.map(([id]) => id));
      expect(after).not.toEqual(before);
    });

    it('shows the recent lines of every service, or of one', async () => {
      const read = async (of: readonly string[]) => {
        const lines: LogLine[] = [];
        for await (const line of subject.engine.logs({ of })) lines.push(line);
        return lines;
      };
      const instances = new Set((await read([])).map((line) => line.instance));
      for (const service of subject.services) expect([...instances].join(' ')).toContain(service);
      const one = await read([subject.scalable]);
      expect(one.length).toBeGreaterThan(0);
      expect(one.every((line) => line.instance.startsWith(subject.scalable))).toBe(true);
    });

    it('stops everything, and a second time has nothing to stop', async () => {
      expect(await subject.engine.down()).toBe(subject.services.length);
      expect(await subject.engine.status()).toBeUndefined();
      expect(await subject.engine.down()).toBe(0);
    });
  });
}
