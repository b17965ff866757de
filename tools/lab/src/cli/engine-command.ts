import { resolve } from 'node:path';
import type { Lab } from '../data/lab.ts';
import { endAbandoned, endHome, lockHome } from '../docker/down.ts';
import { SWARM_VARIABLE } from '../docker/environment.ts';
import { findEngine } from '../docker/find-engine.ts';
import { type Home, homeAt } from '../docker/home.ts';
import { allHomes, defaultHome } from '../docker/homes.ts';
import { describeEngine, describeHome, homeStatus } from '../docker/status.ts';
import { LabError } from '../errors.ts';
import { cutNode, healNode, killNode, startNode, stateOf } from '../swarm/faults.ts';
import { loadImages } from '../swarm/load-images.ts';
import type { Print } from './data-command.ts';
import type { EngineRequest, Fault } from './engine-options.ts';
import { upCommand } from './up-command.ts';

type Request<Verb extends EngineRequest['verb']> = Extract<EngineRequest, { verb: Verb }>;

async function down(lab: Lab, home: Home, request: Request<'down'>, print: Print): Promise<number> {
  const keep = request.purge ? 'nothing' : 'images';
  await using _lock = await lockHome(home, lab.signal);
  const own = await endHome(home, keep);
  const others = request.state === undefined ? await endAbandoned(lab.cache, lab.signal) : undefined;
  const processes = own.processes + (others?.processes ?? 0);
  const networks = own.networks + (others?.networks ?? 0);
  const nothing = processes + networks === 0;
  const told = `down, ${processes} processes ended, ${networks} networks removed`;
  print({ processes, networks }, [nothing ? 'nothing was up' : told]);
  return 0;
}

async function status(lab: Lab, home: Home, request: Request<'status'>, print: Print): Promise<number> {
  const engine = await findEngine(lab.env, [home]);
  const homes = request.state === undefined ? await allHomes(lab.cache) : [home];
  const statuses = await Promise.all(homes.map(homeStatus));
  print({ engine, homes: statuses }, [describeEngine(engine), ...statuses.flatMap(describeHome)]);
  return 0;
}

async function node(lab: Lab, home: Home, request: Request<'node'>, print: Print): Promise<number> {
  const acts: Record<Fault, () => Promise<void>> = {
    kill: () => killNode(home, request.number),
    start: () => startNode(home, request.number, lab.env, lab.signal),
    cut: () => cutNode(home, request.number),
    heal: () => healNode(home, request.number),
  };
  await acts[request.fault]();
  const { nodes } = (await homeStatus(home)).swarm;
  const now = nodes.find(({ number }) => number === request.number);
  print(now, [`node ${request.number}: ${now?.condition}`]);
  return 0;
}

async function load(lab: Lab, home: Home, request: Request<'load'>, print: Print): Promise<number> {
  const state = await stateOf(home);
  const from = request.from ?? (await findEngine(lab.env, [defaultHome(lab.cache)]))?.dockerHost;
  if (from === undefined) throw new LabError('USAGE', 'no Docker engine answers: name one with --from');
  const lines: string[] = [];
  const { signal } = lab;
  const step = {
    title: `Images from ${from}`,
    async run(note: (line: string) => void) {
      const loaded = await loadImages(state, { images: request.images, from, note, signal });
      for (const one of loaded)
        lines.push(`node ${one.node}: ${one.images.length} loaded, ${(one.sizeBytes / 1e6).toFixed(0)} MB`);
    },
  };
  await lab.progress([step]);
  print({ from, lines }, lines);
  return 0;
}

/** Does what `lab up | down | status | node | load` ask for. @returns the exit code */
export async function engineCommand(lab: Lab, request: EngineRequest, print: Print): Promise<number> {
  if (request.verb === 'up') return upCommand(lab, request, print);
  const isAboutNodes = request.verb === 'node' || request.verb === 'load';
  const dir = request.state ?? (isAboutNodes ? lab.env[SWARM_VARIABLE] : undefined);
  const home = dir === undefined || dir === '' ? defaultHome(lab.cache) : homeAt(resolve(dir));
  switch (request.verb) {
    case 'down':
      return down(lab, home, request, print);
    case 'status':
      return status(lab, home, request, print);
    case 'node':
      return node(lab, home, request, print);
    case 'load':
      return load(lab, home, request, print);
  }
}
