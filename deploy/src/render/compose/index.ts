/** Docker Compose (2.20 or newer), plain enough to be used by hand. */
import type { System } from '../../model/types.ts';
import { configFilesOf, configPath } from '../compose-format/config-files.ts';
import { environmentFile } from '../compose-format/environment-file.ts';
import { variable } from '../compose-format/interpolation.ts';
import { type Part, partFiles, partsOf, section, without } from '../compose-format/parts.ts';
import { hasInstanceVolume, unitsOf } from '../compose-format/service-units.ts';
import { volumeLabels, volumesOf } from '../compose-format/volumes.ts';
import { containerSystem } from '../container-system.ts';
import type { Rendering, Target } from '../renderer.ts';
import { FILES } from './files.ts';
import { composeLosses } from './losses.ts';
import { parseCompose } from './parse.ts';
import type { ComposeDocument, ComposeNetwork } from './schema.ts';
import { type ComposeContext, composeService } from './service.ts';

export const compose: Target = { name: 'compose', render: renderCompose, parse: parseCompose };

function renderCompose(system: System, { profile }: { readonly profile: string }): Rendering {
  const lowered = containerSystem(system);
  const units = lowered.services.flatMap((service) => unitsOf(service, hasInstanceVolume));
  const context: ComposeContext = { system, profile, units };
  const files = new Map(
    partFiles<ComposeDocument>(
      partsOf(system, units),
      FILES,
      (part, before) => documentOf(part, context, before),
      (what, paths) => header(context, what, paths),
    ),
  );
  files.set(FILES.environment, environmentFile([...files.values()]));
  for (const { name, content } of configFilesOf(units).values()) files.set(configPath(name), content);
  return { files, losses: composeLosses(lowered) };
}

function documentOf(part: Part, context: ComposeContext, before?: ComposeDocument): ComposeDocument {
  const { units, networks, secrets } = part;
  const volumes = volumesOf(units, (volume) => ({ labels: volumeLabels(volume) }));
  const configs = [...configFilesOf(units).keys()].map((name) => [name, { file: `./${configPath(name)}` }]);
  return {
    name: context.system.name,
    services: Object.fromEntries(units.map((unit) => [unit.name, composeService(unit, context)])),
    ...section('networks', Object.fromEntries(networks.map((network) => [network.name, networkOf(network)]))),
    ...section('volumes', without(volumes, before?.volumes ?? {})),
    ...section('secrets', Object.fromEntries(secrets.map((name) => [name, secretOf(name)]))),
    ...section('configs', without(Object.fromEntries(configs), before?.configs ?? {})),
  };
}

function networkOf({ internal, subnet }: System['networks'][number]): ComposeNetwork {
  return { ...(internal && { internal }), ipam: { config: [{ subnet }] } };
}

const secretOf = (name: string) => ({ file: `${variable('LUCID_SECRETS_DIR', './secrets')}/${name}` });

function header({ system, profile }: ComposeContext, what: string, files: readonly string[]): string[] {
  return [
    `${system.name}, profile ${profile}: ${what}. Generated from the model: change that, not this file.`,
    `docker compose ${files.map((file) => `-f ${file}`).join(' ')} up`,
  ];
}
