/** Which engine a command is about: the one that was named, the one that is up, or the best that is there. */
import { resolve } from 'node:path';
import { ComposeEngine } from '../engines/compose/compose-engine.ts';
import { DockerCommand } from '../engines/containers/docker-command.ts';
import type { Engine } from '../engines/engine.ts';
import { KubernetesEngine } from '../engines/kubernetes/kubernetes-engine.ts';
import { ProcessEngine } from '../engines/process/process-engine.ts';
import { SwarmEngine } from '../engines/swarm/swarm-engine.ts';

export const ENGINES = ['process', 'compose', 'swarm', 'kubernetes'] as const;
export type EngineName = (typeof ENGINES)[number];

export interface EngineFlags {
  readonly engine?: EngineName;
  readonly home?: string;
  readonly system?: string;
  readonly source?: boolean;
  readonly skipBuild?: boolean;
  readonly addresses?: 'auto' | 'subnet' | 'ports';
}

/** Makes the engine of that name. @param root folder of the workspace */
export function makeEngine(name: EngineName, root: string, flags: EngineFlags): Engine {
  const systemModule = flags.system === undefined ? undefined : resolve(flags.system);
  const common = { root, home: flags.home, systemModule, build: !(flags.skipBuild ?? false) };
  switch (name) {
    case 'process':
      return new ProcessEngine({
        ...common,
        source: flags.source ?? false,
        addresses: flags.addresses ?? 'auto',
      });
    case 'compose':
      return new ComposeEngine(common);
    case 'swarm':
      return new SwarmEngine(common);
    case 'kubernetes':
      return new KubernetesEngine(common);
  }
}

/** The engine that something is up on in this home, else the process engine, which answers that nothing is. */
export async function engineThatIsUp(root: string, flags: EngineFlags): Promise<Engine> {
  if (flags.engine) return makeEngine(flags.engine, root, flags);
  for (const name of ENGINES) {
    const engine = makeEngine(name, root, flags);
    if (engine.hasDeployment()) return engine;
  }
  return makeEngine('process', root, flags);
}

/**
 * For `up` without `--engine`: development runs as processes everywhere; other profiles want containers, so Swarm
 * where this engine manages one, Compose where Docker answers, and processes where neither does.
 */
export async function engineForUp(root: string, flags: EngineFlags, profile: string): Promise<Engine> {
  if (flags.engine) return makeEngine(flags.engine, root, flags);
  if (profile === 'dev' || flags.system !== undefined) return makeEngine('process', root, flags);
  return makeEngine(await bestThere(), root, flags);
}

async function bestThere(): Promise<EngineName> {
  const state = await new DockerCommand().try(['info', '--format', '{{.Swarm.ControlAvailable}}'], {
    timeoutMs: 5_000,
  });
  if (state.failed || state.stdout === '') return 'process';
  return state.stdout === 'true' ? 'swarm' : 'compose';
}
