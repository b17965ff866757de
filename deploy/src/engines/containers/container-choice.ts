/** The system a container engine is to run: composed, with its door where it was asked for, without what is planned. */
import { deployErrors } from '../../errors.ts';
import type { Service, System } from '../../model/types.ts';
import { councilNotices } from '../../rules/council-notices.ts';
import { problemsOf } from '../../rules/index.ts';
import type { UpOptions } from '../engine.ts';
import { loadSystem } from '../load-system.ts';

export interface ContainerChoice {
  /** Everything, as it is rendered. */
  readonly system: System;
  /** What whoever starts it should know, and what stops nobody. */
  readonly notices: readonly string[];
}

/** What is to be handed over. @throws `broken-model` naming every problem, and what `loadSystem` throws */
export async function chooseSystem(
  options: UpOptions,
  systemModule: string | undefined,
): Promise<ContainerChoice> {
  const system = await composeSystem(options, systemModule);
  requireSound(system);
  const planned = system.services.filter((service) => service.status === 'planned').map(({ name }) => name);
  const leftOut = planned.length > 0 ? [`left out, not written yet: ${planned.join(', ')}`] : [];
  return { system, notices: [...leftOut, ...councilNotices(system)] };
}

/** Whatever the rules say of it: what is there already can be looked at and taken away. @throws what `loadSystem` throws */
export async function composeSystem(options: UpOptions, systemModule: string | undefined): Promise<System> {
  const { profile, scale = {}, set = [], env = [], publish } = options;
  const composed = await loadSystem({ systemModule, profile, scale, set: [...set, ...env.map(asOverride)] });
  return publish === undefined ? composed : withDoor(composed, publish);
}

/** @throws `broken-model` naming every problem */
export function requireSound(system: System): void {
  const problems = problemsOf(system);
  if (problems.length > 0) throw deployErrors.brokenModel(problems);
}

/** `NAME=value` is for everybody, `service:NAME=value` for one: the words the process engine takes. */
function asOverride(text: string): string {
  const [, service = '*', assignment] = /^(?:([a-z0-9-]+):)?(.+)$/s.exec(text) ?? [];
  return `${service}.env.${assignment}`;
}

/** The door moved to another `host:port`, or taken away by `none`. */
function withDoor(system: System, publish: string): System {
  const services = system.services.map((service): Service => {
    if (service.cluster !== 'gateway') return service;
    const moved = publish === 'none' ? undefined : addressOf(publish);
    const { publishes } = service;
    const door = publishes && !publishes.behindEdge;
    return {
      ...service,
      publishes: door ? moved && { ...publishes, ...moved } : publishes,
      publishedPorts: moved
        ? service.publishedPorts.filter(isDoor).map((port) => ({ ...port, ...moved, lastPort: moved.port }))
        : [],
    };
  });
  return { ...system, services };
}

const isDoor = ({ port }: { readonly port: number }) => port === DOOR_PORT;

/** The port the guides' scripts speak to. */
export const DOOR_PORT = 8080;

function addressOf(publish: string): { readonly host: string; readonly port: number } {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(publish) ?? [];
  if (!host || !port) throw deployErrors.usage(`--publish ${publish}: expected host:port or none`);
  return { host, port: Number(port) };
}
