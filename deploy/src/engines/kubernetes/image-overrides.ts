import { parse, stringify } from 'yaml';
import { resolvedImage } from '../../model/images.ts';
import type { System } from '../../model/types.ts';
import { splitReference } from '../../render/kubernetes/names.ts';
import { type DeployedImages, deployedReference } from '../containers/deployed-images.ts';

interface KustomizedImage {
  readonly name: string;
  readonly newName: string;
  readonly newTag: string;
}

/**
 * The kustomization with the images of the deployment: asked for by the same variables as on the other engines. It knows
 * an image by its name alone: parts that share one, as the jobs of the stores do, share its version as well.
 */
export function withImages(kustomization: string, system: System, images: DeployedImages): string {
  const file = parse(kustomization) as { readonly images?: readonly KustomizedImage[] };
  const wanted = new Map(
    system.services.map((service) => [
      splitReference(resolvedImage(service.image, {})).name,
      splitReference(deployedReference(service, images)),
    ]),
  );
  const replaced = file.images?.map((image) => {
    const other = wanted.get(image.name);
    return other ? { name: image.name, newName: other.name, newTag: other.tag } : image;
  });
  return stringify({ ...file, ...(replaced ? { images: replaced } : {}) });
}
