import type { Volume } from '../../model/types.ts';
import type { VolumeLabels } from './body-schema.ts';
import { formatErrors } from './errors.ts';
import type { ServiceUnit } from './service-units.ts';

/** The key of a volume in a file: a replica that is written apart has its own. */
export function volumeKey({ name, scope }: Volume, replica: number | undefined): string {
  return replica === undefined || scope === 'shared' ? name : `${name}-${replica}`;
}

/** Every volume the units mount, by key, described by `describe`. @throws when two services say different things of one */
export function volumesOf<T>(
  units: readonly ServiceUnit[],
  describe: (volume: Volume, unit: ServiceUnit) => T,
): Record<string, T> {
  const found: Record<string, T> = {};
  for (const unit of units)
    for (const volume of unit.lowered.service.volumes) {
      const key = volumeKey(volume, unit.replica);
      const described = describe(volume, unit);
      const known = found[key];
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(described))
        throw formatErrors.cannotRender(unit.name, `its volume ${volume.name} is another one elsewhere`);
      found[key] = described;
    }
  return found;
}

export function volumeLabels({ name, scope }: Volume): VolumeLabels {
  return { 'lucid.volume': name, 'lucid.scope': scope };
}
