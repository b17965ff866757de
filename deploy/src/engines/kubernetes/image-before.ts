import type { Service } from '../../model/types.ts';
import { splitReference } from '../../render/kubernetes/names.ts';
import { type DeployedImages, deployedReference } from '../containers/deployed-images.ts';

/**
 * What a service ran before, as far as the deployment remembers it. An update that did not go through was never
 * remembered, but its image is in the cluster: before that one comes what the deployment says it runs.
 * @param current the image in the workload
 * @returns undefined when nothing is remembered: then the cluster's own revisions are all there is
 */
export function imageBefore(service: Service, images: DeployedImages, current: string): string | undefined {
  if (!service.image.ours) return undefined;
  const remembered = deployedReference(service, images);
  return isSame(current, remembered) ? images.replaced[service.name] : remembered;
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [splitReference(one), splitReference(other)];
  return a.name === b.name && a.tag === b.tag;
}
