/** The part of a service both formats say in the same words. */
import { scratchFolders } from '../../model/images.ts';
import { startOf } from '../foreign-images.ts';
import type { Body, Mount } from './body-schema.ts';
import { healthTest } from './health-test.ts';
import { imageText } from './image.ts';
import { literally } from './interpolation.ts';
import type { ServiceUnit } from './service-units.ts';
import { inSeconds } from './units.ts';
import { volumeKey } from './volumes.ts';

/** Everything but the image, whose variables must stay variables, is literal. */
export function bodyOf(unit: ServiceUnit, environment: Readonly<Record<string, string>>): Body {
  const { service, secrets } = unit.lowered;
  const { image, command, configs } = service;
  const mounts = mountsOf(unit);
  const healthcheck = healthcheckOf(unit);
  return {
    image: imageText(image),
    ...literally({
      ...(command && { [startOf(image).entryPointRuns ? 'command' : 'entrypoint']: [...command] }),
      ...(image.user !== undefined && { user: image.user }),
      ...(image.readOnlyRoot && { read_only: true as const }),
      ...(image.ours && { cap_drop: ['ALL' as const] }),
      ...(Object.keys(environment).length > 0 && { environment: { ...environment } }),
      networks: networksOf(unit),
      ...(mounts.length > 0 && { volumes: mounts }),
      ...(secrets.length > 0 && { secrets: [...secrets] }),
      ...(configs.length > 0 && {
        configs: configs.map(({ name, mountPath }) => ({ source: name, target: mountPath })),
      }),
      ...(healthcheck && { healthcheck }),
      stop_grace_period: inSeconds(service.stopGraceSeconds),
    }),
  };
}

/** Replicas written apart are found by the service's name all the same. */
function networksOf({ lowered: { service }, replica }: ServiceUnit): Body['networks'] {
  const aliases = [...(replica === undefined ? [] : [service.name]), ...service.aliases];
  return Object.fromEntries(service.networks.map((name) => [name, aliases.length > 0 ? { aliases } : {}]));
}

function mountsOf(unit: ServiceUnit): Mount[] {
  const { volumes, hostMounts, image } = unit.lowered.service;
  return [
    ...volumes.map(
      (volume): Mount => ({
        type: 'volume',
        source: volumeKey(volume, unit.replica),
        target: volume.mountPath,
      }),
    ),
    ...hostMounts.map(
      ({ hostPath, mountPath }): Mount => ({
        type: 'bind',
        source: hostPath,
        target: mountPath,
        read_only: true,
      }),
    ),
    ...scratchFolders(image).map((target): Mount => ({ type: 'tmpfs', target })),
  ];
}

function healthcheckOf({ lowered }: ServiceUnit): Body['healthcheck'] {
  const { probe } = lowered.service;
  const test = healthTest(lowered);
  if (!probe || !test) return undefined;
  return {
    test,
    interval: inSeconds(probe.intervalSeconds),
    timeout: inSeconds(probe.timeoutSeconds),
    retries: probe.retries,
    start_period: inSeconds(probe.startPeriodSeconds),
  };
}
