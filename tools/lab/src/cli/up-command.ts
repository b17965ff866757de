import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Lab } from '../data/lab.ts';
import { whyNoEngine, whyNoSwarm } from '../docker/can-run.ts';
import { endAbandoned, endHome, lockHome, removeHome } from '../docker/down.ts';
import { engineMachine } from '../docker/engine-machine.ts';
import { exportLines } from '../docker/environment.ts';
import { type Home, homeAt } from '../docker/home.ts';
import { defaultHome, runHome } from '../docker/homes.ts';
import { homeStatus } from '../docker/status.ts';
import { LabError, throwIfAborted } from '../errors.ts';
import { runCommand } from '../system/run-command.ts';
import type { Print } from './data-command.ts';
import { planUp, type UpRequest } from './plan-up.ts';

async function whyNot(lab: Lab, home: Home, request: UpRequest): Promise<string | undefined> {
  const machine = engineMachine(lab.cache, lab.env, [home, defaultHome(lab.cache)]);
  return request.swarm ? whyNoSwarm(machine) : whyNoEngine(machine);
}

/** Brings up for one command and takes down whatever happens. @returns the command's exit code */
async function run(lab: Lab, request: UpRequest): Promise<number> {
  const isThrowAway = request.state === undefined;
  const home = isThrowAway
    ? runHome(lab.cache, randomBytes(4).toString('hex'))
    : homeAt(resolve(request.state ?? ''));
  await using _lock = await lockHome(home, lab.signal);
  const { engine, swarm } = await homeStatus(home);
  if (engine.condition === 'up' || swarm.condition === 'up')
    throw new LabError('ALREADY_UP', `something is up in ${home.dir}: bring it down first`);
  try {
    const { environment } = await (await planUp(lab, home, request)).up();
    throwIfAborted(lab.signal);
    return await runCommand(request.command, { ...lab.env, ...environment });
  } finally {
    if (isThrowAway) await removeHome(home);
    else await endHome(home, 'images');
  }
}

/** `lab up`. @returns the exit code @throws LabError CANNOT_RUN with the reason on a machine that cannot */
export async function upCommand(lab: Lab, request: UpRequest, print: Print): Promise<number> {
  const home = request.state === undefined ? defaultHome(lab.cache) : homeAt(resolve(request.state));
  const reason = await whyNot(lab, home, request);
  if (request.how === 'check') {
    const can = `this machine can run ${request.swarm ? 'a Swarm' : 'a Docker engine'}`;
    print({ can: reason === undefined, reason }, [reason === undefined ? can : `skipped: ${reason}`]);
    return reason === undefined ? 0 : 3;
  }
  if (reason !== undefined) throw new LabError('CANNOT_RUN', reason);
  if (request.how === 'dry-run') {
    const { does } = await planUp(lab, home, request);
    print({ does }, does.length === 0 ? ['nothing: everything is there already'] : does);
    return 0;
  }
  await endAbandoned(lab.cache, lab.signal);
  if (request.how === 'run') return run(lab, request);
  await using _lock = await lockHome(home, lab.signal);
  const { environment, details } = await (await planUp(lab, home, request)).up();
  const lines = request.printEnv
    ? exportLines(environment)
    : Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  print({ environment, ...details }, lines);
  return 0;
}
