import { parse, stringify } from 'yaml';
import { type ImageEnvironment, resolvedImage } from '../../model/images.ts';
import type { System } from '../../model/types.ts';
import { splitReference } from '../../render/kubernetes/names.ts';

interface KustomizedImage {
  readonly name: string;
  readonly newName: string;
  readonly newTag: string;
}

/** The kustomization with the images that the environment asks for: the same variables as on the other engines. */
export function withImages(kustomization: string, system: System, environment: ImageEnvironment): string {
  const file = parse(kustomization) as { readonly images?: readonly KustomizedImage[] };
  const wanted = new Map(
    system.services.map(({ image }) => [
      splitReference(resolvedImage(image, {})).name,
      splitReference(resolvedImage(image, environment)),
    ]),
  );
  const images = file.images?.map((image) => {
    const other = wanted.get(image.name);
    return other ? { name: image.name, newName: other.name, newTag: other.tag } : image;
  });
  return stringify({ ...file, ...(images ? { images } : {}) });
}
