import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { whyNot } from '../../can-run.ts';
import type { Lab } from '../../data/lab.ts';
import { buildSteps } from '../../data/prepare.ts';
import { rootFolder } from '../../debian/root-folder.ts';
import { ferretdbDir } from '../../ferretdb/build.ts';
import { SOURCES } from '../../paths.ts';
import { thisMachine } from '../../this-machine.ts';
import type { StepContext } from '../definition.ts';

/** What the data lab has built, or builds now: PostgreSQL with DocumentDB in a root folder, and FerretDB. */
export async function documentStoreFolder(lab: Lab, note: (line: string) => void): Promise<string> {
  for (const step of buildSteps(lab)) await step.run((line) => note(`${step.title}: ${line}`));
  return rootFolder(lab.cache);
}

/** Changes with them. */
export async function documentStoreInputs(lab: Lab): Promise<readonly string[]> {
  return [await rootFolder(lab.cache), await ferretdbDir(lab.cache)].map((path) =>
    path.slice(lab.cache.length),
  );
}

/** The data lab's own answer: root and a few tools, as long as they are not built. */
export const whyNoDocumentStore = (lab: Lab): Promise<string | undefined> =>
  whyNot(thisMachine(lab.cache, lab.env));

/** Puts FerretDB and the settings of PostgreSQL where the image's supervisor looks for them. */
export async function addDocumentStore({ stage, lab }: StepContext): Promise<void> {
  const settings = join(stage, 'etc/lucid-mongod');
  for (const folder of [settings, join(stage, 'usr/local/bin')]) await mkdir(folder, { recursive: true });
  await copyFile(SOURCES.postgresqlConf, join(settings, 'postgresql.conf'));
  await copyFile(SOURCES.pgHba, join(settings, 'pg_hba.conf'));
  await copyFile(SOURCES.pgIdent, join(settings, 'pg_ident.conf'));
  await copyFile(join(await ferretdbDir(lab.cache), 'ferretdb'), join(stage, 'usr/local/bin/ferretdb'));
}
