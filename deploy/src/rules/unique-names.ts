import type { System } from '../model/types.ts';
import { type Rule, repeated } from './rule.ts';

export const uniqueNames: Rule = {
  name: 'unique-names',
  because: 'a name is a DNS name, a folder of logs and an identity; two parts cannot share it',
  check: (system) => [
    ...repeated(system.services.map((service) => service.name)).map(
      (name) => `service ${name} is declared twice`,
    ),
    ...repeated(system.secrets.map((secret) => secret.name)).map(
      (name) => `secret ${name} is declared twice`,
    ),
    ...repeated(system.services.flatMap((service) => service.volumes.map((volume) => volume.name))).map(
      (name) => `volume ${name} belongs to two services`,
    ),
    ...differentFiles(system).map(
      (name) => `two files of configuration are called ${name}, with different texts`,
    ),
  ],
};

/** Many may mount one file; a target keeps one text per name. */
function differentFiles({ services }: System): string[] {
  const groups = Map.groupBy(
    services.flatMap(({ configs }) => configs),
    ({ name }) => name,
  );
  return [...groups]
    .filter(([, files]) => new Set(files.map(({ content }) => content)).size > 1)
    .map(([name]) => name);
}
