import { likelyBase } from './base-image.ts';
import { freshImage } from './build-image.ts';
import { baseOptions, type ImagesOptions, namesFor } from './build-images.ts';
import type { Docker } from './docker.ts';
import { DockerClient } from './docker-client.ts';
import { imageReference } from './names.ts';
import { readRecipe } from './recipe.ts';

/** What a build would do to one image. */
export interface PlannedImage {
  readonly reference: string;
  /** Undefined: it would be pulled or made first. */
  readonly base: string | undefined;
  readonly layerBytes: number;
  readonly action: 'build' | 'nothing';
}

/** Looks and changes nothing, neither in the engine nor on disk. */
export async function planImages(
  options: ImagesOptions,
  docker: Docker = new DockerClient(),
): Promise<PlannedImage[]> {
  const names = namesFor(options);
  await docker.requireEngine();
  const base = await likelyBase(baseOptions(options, docker));
  const planned: PlannedImage[] = [];
  for (const app of options.apps) {
    const recipe = readRecipe(options.root, options.services, app, names.version);
    const fresh = base && options.cache ? await freshImage(recipe, base, { docker, names }) : undefined;
    planned.push({
      reference: imageReference(names, recipe.subject.short),
      base: base?.reference,
      layerBytes: recipe.layerBytes,
      action: fresh ? 'nothing' : 'build',
    });
  }
  return planned;
}
