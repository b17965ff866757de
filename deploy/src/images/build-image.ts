import type { BaseImage } from './base-image.ts';
import { buildContext } from './context.ts';
import type { Docker, ImageFacts } from './docker.ts';
import { fingerprint, INPUTS_LABEL } from './fingerprint.ts';
import { imageErrors } from './image-errors.ts';
import { type ImageNames, imageReference, latestReference } from './names.ts';
import type { Recipe } from './recipe.ts';

export interface BuildSettings {
  readonly docker: Docker;
  readonly names: ImageNames;
  /** The commit, for a label. It is no input: an image built from equal content is not built again for it. */
  readonly revision: string;
  /** False builds again what is there already, every step of it. */
  readonly cache: boolean;
}

export interface BuiltImage {
  readonly app: string;
  readonly reference: string;
  readonly latest: string;
  readonly image: ImageFacts;
  readonly base: BaseImage;
  readonly outcome: 'built' | 'unchanged';
  readonly elapsedMs: number;
}

/** Sees to it that the engine has the image of this recipe under both its names. Whether it has is asked there, never guessed. */
export async function buildImage(
  recipe: Recipe,
  base: BaseImage,
  settings: BuildSettings,
): Promise<BuiltImage> {
  const startedMs = performance.now();
  const { docker, names, cache } = settings;
  const { app, short } = recipe.subject;
  const reference = imageReference(names, short);
  const latest = latestReference(names, short);
  const known = cache ? await freshImage(recipe, base, settings) : undefined;
  if (!known) await build(recipe, base, settings, reference);
  const image = known ?? (await docker.inspect(reference));
  if (!image) throw imageErrors.buildFailed(reference, 'the engine does not know it');
  await docker.tag(image.id, latest);
  const elapsedMs = performance.now() - startedMs;
  return { app, reference, latest, image, base, outcome: known ? 'unchanged' : 'built', elapsedMs };
}

/** The image the engine has, if it was made of exactly this. */
export async function freshImage(
  recipe: Recipe,
  base: BaseImage,
  { docker, names }: Pick<BuildSettings, 'docker' | 'names'>,
): Promise<ImageFacts | undefined> {
  const image = await docker.inspect(imageReference(names, recipe.subject.short));
  return image?.labels[INPUTS_LABEL] === inputsOf(recipe, base) ? image : undefined;
}

async function build(recipe: Recipe, base: BaseImage, settings: BuildSettings, tag: string): Promise<void> {
  const { subject, dockerfile, layer, version, source } = recipe;
  await settings.docker.build({
    tag,
    context: buildContext(dockerfile, layer),
    target: subject.kind,
    buildArguments: {
      BASE_IMAGE: base.reference,
      ...(subject.kind === 'service' ? { PORTS: subject.ports.join(' ') } : {}),
      TITLE: subject.title,
      VERSION: version,
      REVISION: settings.revision,
      SOURCE: source,
      INPUTS: inputsOf(recipe, base),
    },
    cache: settings.cache,
  });
}

function inputsOf(recipe: Recipe, base: BaseImage): string {
  const { subject, dockerfile, layer, version, source } = recipe;
  return fingerprint([
    dockerfile,
    layer,
    base.labels[INPUTS_LABEL] ?? base.id, // a base made twice of the same has two ids
    base.layers.join(' '),
    subject.kind,
    subject.ports.join(' '),
    subject.title,
    version,
    source,
  ]);
}
