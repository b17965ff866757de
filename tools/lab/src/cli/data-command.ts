import { join, resolve } from 'node:path';
import { whyNot } from '../can-run.ts';
import { stopInstance } from '../data/instance.ts';
import type { Lab } from '../data/lab.ts';
import { runWithInstance } from '../data/run.ts';
import { stopAbandonedRuns } from '../data/runs.ts';
import { describe, labStatus } from '../data/status.ts';
import { lockInstance, prepare, startInstance } from '../data/up.ts';
import { LabError } from '../errors.ts';
import { type InstancePaths, instancePaths } from '../paths.ts';
import { thisMachine } from '../this-machine.ts';
import type { DataOptions } from './data-options.ts';

/** Prints a result: as JSON, or as the lines for people. */
export type Print = (value: unknown, lines: readonly string[]) => void;

async function up(lab: Lab, paths: InstancePaths, options: DataOptions, print: Print): Promise<number> {
  await prepare(lab);
  await using _lock = await lockInstance(lab, paths);
  const uri = await startInstance(lab, paths, options.fresh);
  print({ uri, dir: paths.dir }, [uri]);
  return 0;
}

async function down(lab: Lab, paths: InstancePaths, print: Print): Promise<number> {
  await using _lock = await lockInstance(lab, paths);
  const ended = (await stopInstance(paths)) + (await stopAbandonedRuns(lab.cache));
  print({ ended }, [ended === 0 ? 'nothing was up' : `down, ${ended} processes ended`]);
  return 0;
}

async function check(lab: Lab, print: Print): Promise<number> {
  const reason = await whyNot(thisMachine(lab.cache, lab.env));
  print({ can: reason === undefined, reason }, [reason ?? 'this machine can run the data lab']);
  return reason === undefined ? 0 : 3;
}

async function status(lab: Lab, paths: InstancePaths, print: Print): Promise<number> {
  const found = await labStatus(lab.cache, paths);
  print(found, [found.instance, ...found.runs].map(describe));
  return 0;
}

/** Does what the options of `lab data` ask for. @returns the exit code */
export async function dataCommand(
  lab: Lab,
  options: DataOptions,
  command: readonly string[],
  print: Print,
): Promise<number> {
  const stateDir = options.state === undefined ? undefined : resolve(options.state);
  const paths = instancePaths(stateDir ?? join(lab.cache, 'data'));
  switch (options.action) {
    case 'up':
      return up(lab, paths, options, print);
    case 'down':
      return down(lab, paths, print);
    case 'status':
      return status(lab, paths, print);
    case 'check':
      return check(lab, print);
    case 'run':
      if (command.length === 0)
        throw new LabError('USAGE', '--run needs a command: lab data --run -- COMMAND…');
      return runWithInstance(lab, stateDir, options.fresh, command);
  }
}
