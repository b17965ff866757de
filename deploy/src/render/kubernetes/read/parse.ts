import type { CanonicalGraph } from '../../canonical.ts';
import { manifestErrors } from '../errors.ts';
import { edgesIn, networksIn } from './networks.ts';
import { type Manifests, readManifests } from './objects.ts';
import { readService } from './service.ts';

const LIST = 'kustomization.yaml';

/** Reads manifests back into what they mean. Throws on what is never written here, and on what contradicts itself. */
export function parse(files: ReadonlyMap<string, string>): CanonicalGraph {
  const manifests = readManifests(files);
  checkLists(files, manifests);
  const pods = manifests.workloads.map(({ spec }) => spec.template);
  const services = manifests.workloads.map((workload) => readService(workload, manifests));
  return {
    services: services.sort((a, b) => (a.name < b.name ? -1 : 1)),
    networks: networksIn(pods, manifests.policies),
    edges: edgesIn(pods, manifests.policies),
  };
}

/** Every file is applied by exactly one list, the one of its own folder or of the folder above. */
function checkLists(files: ReadonlyMap<string, string>, { kustomizations }: Manifests): void {
  const listed = [...kustomizations].flatMap(([path, { resources }]) => {
    const folder = path.slice(0, -LIST.length);
    return resources.map((resource) => `${folder}${resource}`);
  });
  const applied = [...files.keys()].filter((path) => !kustomizations.has(path));
  const forgotten = applied.filter((path) => !listed.includes(path));
  const missing = listed.filter((path) => !applied.includes(path));
  if (forgotten.length > 0) throw manifestErrors.notUnderstood(LIST, `does not list ${forgotten.join(', ')}`);
  if (missing.length > 0)
    throw manifestErrors.notUnderstood(LIST, `lists ${missing.join(', ')}, which is not there`);
}
