import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Service, system } from '@lucid/deploy';

/** Database of the model → file that holds the connection string of the given server. */
export type DatabaseFiles = ReadonlyMap<string, string>;

/** Writes a connection string for every database of the model, each with a name of its own on that server. */
export function databaseFiles(storeUri: string, folder: string): DatabaseFiles {
  const run = randomBytes(4).toString('hex');
  const names = new Set(
    system.services.flatMap((service) => usesOf(service).map(({ database }) => database)),
  );
  return new Map(
    [...names].map((name) => {
      const url = new URL(storeUri);
      url.pathname = `/${name}_${run}`;
      const file = join(folder, `${name}.uri`);
      writeFileSync(file, url.toString(), { mode: 0o600 });
      return [name, file];
    }),
  );
}

/** What `--env` is told, so that every service takes its database from there. */
export const storeVariables = (files: DatabaseFiles): string[] =>
  system.services.flatMap((service) =>
    usesOf(service).flatMap(({ database, variable }) => {
      const file = files.get(database);
      return file === undefined ? [] : [`${service.name}:${variable}_FILE=${file}`];
    }),
  );

/** What a service keeps in MongoDB, not what it shares through Redis. */
const usesOf = ({ uses }: Service) =>
  uses.filter(({ store }) =>
    system.stores.some(({ name, scheme }) => name === store && scheme === 'mongodb'),
  );
