import type { ConfigFile } from '../../../model/config-file.ts';
import type { ContainerService } from '../../container-system.ts';
import { manifestErrors } from '../errors.ts';
import type { ConfigMap } from '../manifest/objects.ts';
import { configMapName } from '../names.ts';
import { sharedMetadata } from './labels.ts';
import type { Plan } from './plan.ts';

/** What a ConfigMap may hold. */
const MOST_BYTES = 1024 * 1024;

/**
 * One ConfigMap per file, however many pods mount it; what is built has its own already when the planned parts come.
 * Throws for a file that is too large for one.
 */
export function configMapsOf({ system, services }: Plan, among: readonly ContainerService[]): ConfigMap[] {
  const files = new Map<string, ConfigFile>();
  for (const config of among.flatMap(({ service }) => service.configs))
    files.set(configMapName(config), config);
  for (const { service } of services)
    if (service.status === 'built' && !among.some((each) => each.service === service))
      for (const config of service.configs) files.delete(configMapName(config));
  return [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { name: key, content }]) => {
      if (Buffer.byteLength(content) > MOST_BYTES)
        throw manifestErrors.cannotRender(key, `a ConfigMap holds ${MOST_BYTES} bytes at most`);
      return {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: sharedMetadata(system, name),
        immutable: true,
        data: { [key]: content },
      };
    });
}
