import { chmod, copyFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Lab } from '../data/lab.ts';
import { accountFiles } from './accounts.ts';
import { linkBusybox } from './busybox.ts';
import { definitionDir } from './content-key.ts';
import type { ImageDefinition, ImageFile } from './definition.ts';
import { addLibraries } from './libraries.ts';
import { Picker } from './picker.ts';
import { mergeUsr } from './pool.ts';

async function addFile(image: ImageDefinition, stage: string, file: ImageFile): Promise<void> {
  const target = join(stage, file.to);
  await mkdir(dirname(target), { recursive: true });
  if (file.from === undefined) await writeFile(target, file.text ?? '');
  else await copyFile(join(definitionDir(image.name), file.from), target);
  await chmod(target, file.mode ?? 0o644);
}

export interface StageInput {
  readonly image: ImageDefinition;
  /** The unpacked package with the shell. */
  readonly shell: string;
  readonly pool: string;
  /** Where the root folder comes to be; it does not exist yet. */
  readonly stage: string;
  readonly work: string;
  readonly lab: Lab;
  readonly log: string;
  note(line: string): void;
}

/** Puts together the root folder of an image: skeleton, picked files, own files, libraries, shell. */
export async function assemble(input: StageInput): Promise<void> {
  const { image, pool, stage } = input;
  await mergeUsr(stage);
  for (const folder of ['etc', 'var', 'run']) await mkdir(join(stage, folder));
  await symlink('../run', join(stage, 'var/run'));
  await mkdir(join(stage, 'root'), { mode: 0o700 });
  await mkdir(join(stage, 'tmp'));
  await chmod(join(stage, 'tmp'), 0o1777);
  const picker = new Picker(pool, stage);
  await picker.patterns(image.pick);
  await new Picker(input.shell, stage).patterns(['/usr/bin/busybox']);
  await mkdir(input.work, { recursive: true });
  await image.step?.({ ...input, pick: (...patterns) => picker.patterns(patterns) });
  for (const path of image.leaveOut ?? []) await rm(join(stage, path), { recursive: true, force: true });
  for (const [to, text] of Object.entries(accountFiles(image.user)))
    await addFile(image, stage, { to, text });
  for (const file of image.files ?? []) await addFile(image, stage, file);
  for (const [place, target] of Object.entries(image.links ?? {})) {
    await mkdir(join(stage, dirname(place)), { recursive: true });
    await symlink(target, join(stage, place));
  }
  for (const { path } of image.owned ?? []) await mkdir(join(stage, path), { recursive: true });
  await addLibraries(pool, stage, picker);
  await linkBusybox(stage);
}
