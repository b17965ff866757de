import type { Print } from '../cli/data-command.ts';
import type { Lab } from '../data/lab.ts';
import { LabError } from '../errors.ts';
import { imagesNamed } from './catalogue.ts';
import { type ImageDefinition, referenceOf } from './definition.ts';
import { whyNoEngine } from './engine.ts';
import type { ImagesOptions } from './options.ts';
import { provideImage } from './provide-image.ts';
import { environmentLines, imageState, imageTable } from './state.ts';

/** @param asMany leave out what this machine cannot build, and say so; else that is an error */
async function provideAll(lab: Lab, images: readonly ImageDefinition[], asMany: boolean): Promise<void> {
  const provide = async (image: ImageDefinition, note: (line: string) => void) => {
    try {
      note(await provideImage(image, lab, note));
    } catch (error) {
      if (!asMany || !(error instanceof LabError) || error.code !== 'CANNOT_RUN') throw error;
      note(`skipped: ${error.message}`);
    }
  };
  await lab.progress(
    images.map((image) => ({ title: referenceOf(image), run: (note) => provide(image, note) })),
  );
}

/** Does what the options of `lab images` ask for. @returns the exit code */
export async function imagesCommand(lab: Lab, options: ImagesOptions, print: Print): Promise<number> {
  const images = imagesNamed(options.names);
  const reason = await whyNoEngine();
  if (reason !== undefined) throw new LabError('CANNOT_RUN', reason);
  process.umask(0o022); // folders of images are for everybody to enter
  if (options.action === 'build') await provideAll(lab, images, options.names.length === 0);
  const states = await Promise.all(images.map((image) => imageState(image, lab)));
  const environment = environmentLines(states);
  if (options.action === 'env')
    print(Object.fromEntries(environment.map((line) => line.split(/=(.*)/s).slice(0, 2))), environment);
  else print(states, imageTable(states));
  return 0;
}
