/** Looks at a running system once and puts every check to it. */
import type { Engine } from '../engines/engine.ts';
import { deployErrors } from '../errors.ts';
import { type Check, type CheckContext, type Result, reasonOf } from './check.ts';
import { httpGet } from './http-get.ts';
import { limited } from './limited.ts';

/** Commands in containers at once: each costs the engine a process. */
const AT_ONCE = 4;

/** @param nowMs epoch milliseconds @throws `engine-not-up` */
export async function lookAt(engine: Engine, nowMs: number): Promise<CheckContext> {
  const status = await engine.status();
  if (!status) throw deployErrors.engineNotUp(engine.home.dir);
  const system = await engine.wanted();
  const inTurn = limited(AT_ONCE);
  return {
    engine,
    containers: engine.name !== 'process',
    system: { ...system, services: system.services.filter((service) => service.status === 'built') },
    status,
    nowMs,
    capture: (instance, command) => inTurn(() => engine.capture(instance, command)),
    get: httpGet,
  };
}

/** Never throws: a check that could not be made is unknown, with the reason. Order is that of the checks. */
export async function runChecks(checks: readonly Check[], context: CheckContext): Promise<Result[]> {
  const all = await Promise.all(
    checks.map(async (check): Promise<Result[]> => {
      try {
        return await check.run(context);
      } catch (error) {
        return [{ check: check.name, subject: '–', verdict: 'unknown', detail: reasonOf(error) }];
      }
    }),
  );
  return all.flat();
}
