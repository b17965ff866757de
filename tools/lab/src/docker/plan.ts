import { join } from 'node:path';
import type { Step } from '../cli/progress.ts';
import type { Lab } from '../data/lab.ts';
import type { CommandLine } from '../debian/enter.ts';
import { installCommand, missingPackages, type Shop, updateCommand } from '../debian/install.ts';
import { exists } from '../debian/root-folder.ts';
import { build } from '../system/build.ts';
import { type Compose, compose, composeBinary, machineHasCompose } from './compose.ts';
import { startEngine } from './engine.ts';
import { type FoundEngine, findEngine } from './find-engine.ts';
import { dockerHostOf, type Home } from './home.ts';

/** A step that can say beforehand what it will do to the machine. */
export interface PlannedStep extends Step {
  readonly does: readonly string[];
}

const written = ({ file, args }: CommandLine): string => [file, ...args].join(' ');

/** What installs the Debian packages the engines lack; no step when they lack none. */
export async function installSteps(lab: Lab, shop: Shop): Promise<PlannedStep[]> {
  const { packages, unknown } = await missingPackages(shop);
  if (packages.length === 0) return [];
  const commands = [...(unknown ? [updateCommand] : []), installCommand(packages)];
  return [
    {
      title: `Installing from Debian: ${packages.join(' ')}`,
      does: commands.map(written),
      async run(note) {
        const log = join(lab.cache, 'logs', 'install.log');
        for (const command of commands) {
          note(written(command));
          await build(command, { log, signal: lab.signal });
        }
      },
    },
  ];
}

/** What a started or found engine is like; filled in by the steps. */
export interface EngineResult {
  engine?: FoundEngine;
  compose?: Compose;
}

/** What starts an engine when none answers; `result.engine` says which one it is in the end. */
export async function engineSteps(
  lab: Lab,
  home: Home,
  homes: readonly Home[],
  result: EngineResult,
): Promise<PlannedStep[]> {
  const found = await findEngine(lab.env, homes);
  if (found !== undefined) {
    result.engine = found;
    return [];
  }
  return [
    {
      title: 'Docker engine',
      does: [`dockerd with data root ${join(home.engineDir, 'data')}, at ${dockerHostOf(home.engineDir)}`],
      async run(note) {
        // Installing the package has started one where systemd runs.
        result.engine = (await findEngine(lab.env, homes)) ?? (await startEngine(home, lab.env, lab.signal));
        note(`${result.engine.version} at ${result.engine.dockerHost}`);
      },
    },
  ];
}

/** What fetches Compose v2 where `docker compose` does not work; `result.compose` says where it is. */
export async function composeSteps(lab: Lab, result: EngineResult): Promise<PlannedStep[]> {
  const isThere = (await exists(composeBinary(lab.cache))) || (await machineHasCompose(lab.env));
  const does = isThere ? [] : [`fetch Debian trixie's docker-compose (28 MB) into ${lab.cache}/docker`];
  return [
    {
      title: 'Compose v2',
      does,
      async run(note) {
        result.compose = await compose(lab.cache, lab.env, lab.signal);
        note(result.compose.binary ?? "the machine's own");
      },
    },
  ];
}
