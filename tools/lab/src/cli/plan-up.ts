import type { Lab } from '../data/lab.ts';
import { engineMachine } from '../docker/engine-machine.ts';
import { engineEnvironment } from '../docker/environment.ts';
import type { Home } from '../docker/home.ts';
import { defaultHome } from '../docker/homes.ts';
import { composeSteps, type EngineResult, engineSteps, installSteps } from '../docker/plan.ts';
import { LabError } from '../errors.ts';
import { bringUp } from '../swarm/bring-up.ts';
import { describeSwarm } from '../swarm/describe.ts';
import { nodeCondition, readSwarmState, type SwarmState } from '../swarm/state.ts';
import type { EngineRequest } from './engine-options.ts';

export type UpRequest = Extract<EngineRequest, { verb: 'up' }>;

/** What is up in the end: variables for those who use it, and facts for `--json`. */
export interface Up {
  readonly environment: Readonly<Record<string, string>>;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface UpPlan {
  /** Everything that changes the machine, in lines. */
  readonly does: readonly string[];
  readonly up: () => Promise<Up>;
}

async function planEngine(lab: Lab, home: Home): Promise<UpPlan> {
  const homes = [home, defaultHome(lab.cache)];
  const result: EngineResult = {};
  const starting = await engineSteps(lab, home, homes, result);
  const machine = engineMachine(lab.cache, lab.env, homes);
  const installing = starting.length === 0 ? [] : await installSteps(lab, machine);
  const steps = [...installing, ...starting, ...(await composeSteps(lab, result))];
  return {
    does: steps.flatMap((step) => step.does),
    async up() {
      await lab.progress(steps);
      if (result.engine === undefined) throw new TypeError('no engine was found or started');
      const environment = engineEnvironment(result.engine.dockerHost, result.compose);
      return { environment, details: { engine: result.engine, compose: result.compose } };
    },
  };
}

/** Whether every node runs and is connected. @throws LabError ALREADY_UP when it is another Swarm than asked for */
async function isWhole(state: SwarmState, { nodes, managers }: UpRequest): Promise<boolean> {
  const conditions = await Promise.all(state.nodes.map(nodeCondition));
  if (state.phase !== 'up' || !conditions.every((condition) => condition === 'up')) return false;
  const managing = state.nodes.filter(({ role }) => role === 'manager').length;
  if (state.nodes.length === nodes && managing === managers) return true;
  throw new LabError(
    'ALREADY_UP',
    `a Swarm of ${state.nodes.length} nodes (${managing} managing) is up: bring it down first`,
  );
}

async function planSwarm(lab: Lab, home: Home, request: UpRequest): Promise<UpPlan> {
  const { nodes, managers } = request;
  const { env, signal, progress } = lab;
  const result: EngineResult = {};
  const machine = engineMachine(lab.cache, env, []);
  const steps = [...(await installSteps(lab, machine)), ...(await composeSteps(lab, result))];
  return {
    does: [...steps.flatMap((step) => step.does), ...describeSwarm(home.swarmDir, 0, nodes, managers)],
    async up() {
      await progress(steps);
      const found = await readSwarmState(home.swarmState);
      const state =
        found !== undefined && (await isWhole(found, request))
          ? found
          : await bringUp({ home, nodes, managers, env, signal, progress });
      const shown = state.nodes.map(({ number, role, hostName, address, dockerHost }) => {
        return { number, role, hostName, address, dockerHost };
      });
      const manager = shown[0]?.dockerHost ?? '';
      const environment = engineEnvironment(manager, result.compose, home.dir);
      return { environment, details: { nodes: shown, compose: result.compose } };
    },
  };
}

/** Finds out what is missing for what was asked for; nothing is changed before `up` is called. */
export async function planUp(lab: Lab, home: Home, request: UpRequest): Promise<UpPlan> {
  return request.swarm ? planSwarm(lab, home, request) : planEngine(lab, home);
}
