import type { ConfigFile } from '../../model/config-file.ts';
import { formatErrors } from './errors.ts';
import type { ServiceUnit } from './service-units.ts';

/** Where the text of a configuration is, relative to the file that names it. */
export const configPath = (name: string): string => `configs/${name}`;

/** Every configuration the units mount, by name. @throws when one name stands for two texts */
export function configFilesOf(units: readonly ServiceUnit[]): Map<string, ConfigFile> {
  const found = new Map<string, ConfigFile>();
  for (const { name, lowered } of units)
    for (const config of lowered.service.configs) {
      const known = found.get(config.name);
      if (known && known.content !== config.content)
        throw formatErrors.cannotRender(name, `${config.name} has another text elsewhere`);
      found.set(config.name, config);
    }
  return found;
}
