/** Docker Swarm: files `docker stack deploy` takes, from Docker 20.10 on. */
import { createHash } from 'node:crypto';
import type { Network, System, Volume } from '../../model/types.ts';
import { configFilesOf, configPath } from '../compose-format/config-files.ts';
import { formatErrors } from '../compose-format/errors.ts';
import { literally, variable } from '../compose-format/interpolation.ts';
import { type Part, partFiles, partsOf, section, without } from '../compose-format/parts.ts';
import { mayBeReplicated, type ServiceUnit, unitsOf } from '../compose-format/service-units.ts';
import { volumeLabels, volumesOf } from '../compose-format/volumes.ts';
import { containerSystem } from '../container-system.ts';
import type { Rendering, Target } from '../renderer.ts';
import { FILES } from './files.ts';
import { swarmLosses } from './losses.ts';
import { withOpenPorts } from './open-ports.ts';
import { parseSwarm } from './parse.ts';
import type { SwarmDocument, SwarmNetwork } from './schema.ts';
import { swarmService } from './service.ts';
import { volumePerSlot } from './templates.ts';

export const swarm: Target = { name: 'swarm', render: renderSwarm, parse: parseSwarm };

interface Context {
  readonly system: System;
  readonly profile: string;
}

function renderSwarm(system: System, { profile }: { readonly profile: string }): Rendering {
  const lowered = containerSystem(system);
  const units = lowered.services.map(withOpenPorts).flatMap((service) => unitsOf(service, () => false));
  const context: Context = { system, profile };
  const files = new Map(
    partFiles<SwarmDocument>(
      partsOf(system, units),
      FILES,
      (part, before) => documentOf(part, context, before),
      (what, paths) => header(context, what, paths),
    ),
  );
  for (const { name, content } of configFilesOf(units).values()) files.set(configPath(name), content);
  return { files, losses: swarmLosses(lowered) };
}

function documentOf(part: Part, { system, profile }: Context, before?: SwarmDocument): SwarmDocument {
  const { units, networks, secrets } = part;
  const volumes = volumesOf(units, (volume, unit) => volumeOf(system, volume, unit));
  const configs = [...configFilesOf(units).values()].map(({ name, content }) => [
    name,
    { name: storedConfigName(system, name, content), file: `./${configPath(name)}` },
  ]);
  return {
    version: '3.8',
    services: Object.fromEntries(units.map((unit) => [unit.name, swarmService(unit, profile)])),
    ...section(
      'networks',
      Object.fromEntries(networks.map((network) => [network.name, networkOf(system, network)])),
    ),
    ...section('volumes', literally(without(volumes, before?.volumes ?? {}))),
    ...section('secrets', Object.fromEntries(secrets.map((name) => [name, secretOf(system, name)]))),
    ...section('configs', without(Object.fromEntries(configs), before?.configs ?? {})),
  };
}

/** Containers started by hand may join where our services are, to try things; never where the wallets are. */
function networkOf(system: System, { name, internal, subnet }: Network): SwarmNetwork {
  const attachable = system.services.some(
    (service) => service.plane !== 'wallet' && service.networks.includes(name),
  );
  return {
    driver: 'overlay',
    ...(attachable && { attachable }),
    ...(internal && { internal }),
    ipam: { config: [{ subnet }] },
  };
}

function volumeOf(system: System, volume: Volume, { lowered: { service }, replica }: ServiceUnit) {
  const perSlot = volume.scope === 'instance' && replica === undefined && mayBeReplicated(service);
  return {
    ...(perSlot && { name: volumePerSlot(`${system.name}_${volume.name}`) }),
    labels: volumeLabels(volume),
  };
}

/** Made beforehand. Swarm's secrets never change: new ones get another suffix. */
function secretOf(system: System, name: string) {
  const stored = stored64(`${system.name}_${name}`);
  return { external: true as const, name: `${stored}${variable('LUCID_SECRETS_SUFFIX', '')}` };
}

/** Swarm's configurations never change either: another text is another configuration. */
function storedConfigName(system: System, name: string, content: string): string {
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 8);
  return stored64(`${system.name}-${name}-${digest}`);
}

/** Swarm stores nothing under a longer name. */
function stored64(name: string): string {
  if (name.length > 64) throw formatErrors.cannotRender(name, 'Swarm takes names of at most 64 characters');
  return name;
}

function header({ system, profile }: Context, what: string, files: readonly string[]): string[] {
  return [
    `${system.name}, profile ${profile}: ${what}. Generated from the model: change that, not this file.`,
    `Before: a secret named ${system.name}_<name> for each of secrets, and the label lucid.data=true on one node.`,
    `docker stack deploy ${files.map((file) => `-c ${file}`).join(' ')} ${system.name}`,
  ];
}
