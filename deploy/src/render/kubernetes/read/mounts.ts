import type { CanonicalService } from '../../canonical.ts';
import { manifestErrors } from '../errors.ts';
import type { PersistentVolumeClaim } from '../manifest/objects.ts';
import type { PodSpec, PodVolume } from '../manifest/pod.ts';
import { secretObjectName } from '../names.ts';
import type { Manifests } from './objects.ts';

type ClaimSpec = PersistentVolumeClaim['spec'];
type Mounts = Pick<
  CanonicalService,
  'secrets' | 'configs' | 'volumes' | 'volumeSizes' | 'hostMounts' | 'writable'
>;

/**
 * Everything mounted into a pod, by what it is. Throws for mounts that lead to nothing.
 * @param claimed volumes the workload claims for each of its pods
 */
export function mountsOf(
  pod: PodSpec,
  claimed: ReadonlyMap<string, ClaimSpec>,
  manifests: Manifests,
): Mounts {
  const [container] = pod.containers;
  const secrets: string[] = [];
  const configs: string[] = [];
  const volumes: string[] = [];
  const volumeSizes: string[] = [];
  const hostMounts: string[] = [];
  const writable: string[] = [];
  for (const { name, mountPath, subPath } of container.volumeMounts ?? []) {
    const volume = (pod.volumes ?? []).find((each) => each.name === name);
    if (volume?.projected) secrets.push(...secretsIn(volume.projected, mountPath));
    else if (volume?.configMap) configs.push(`${configIn(volume, subPath, manifests)} -> ${mountPath}`);
    else if (volume?.hostPath) hostMounts.push(`${volume.hostPath.path} -> ${mountPath}`);
    else if (volume?.emptyDir) writable.push(mountPath);
    else {
      const claim = volume?.persistentVolumeClaim;
      const spec = claim ? claimIn(claim.claimName, manifests) : claimed.get(name);
      if (!spec) throw manifestErrors.notUnderstood(container.name, `nothing is mounted at ${mountPath}`);
      const known = claim?.claimName ?? name;
      volumes.push(`${known} -> ${mountPath} (${claim ? 'shared' : 'instance'})`);
      volumeSizes.push(`${known}: ${spec.resources.requests.storage}`);
    }
  }
  const sorted = { secrets, configs, volumes, volumeSizes, hostMounts, writable };
  for (const list of Object.values(sorted)) list.sort();
  return sorted;
}

function secretsIn(projected: NonNullable<PodVolume['projected']>, mountPath: string): string[] {
  return projected.sources.map(({ secret }) => {
    const [{ path }] = secret.items;
    if (secret.name !== secretObjectName(path))
      throw manifestErrors.notUnderstood(path, `is not the content of ${secret.name}`);
    return `${path} -> ${mountPath}/${path}`;
  });
}

function configIn(volume: PodVolume, subPath: string | undefined, { configMaps }: Manifests): string {
  const map = configMaps.find(({ metadata }) => metadata.name === volume.configMap?.name);
  if (subPath === undefined || map?.data[subPath] === undefined)
    throw manifestErrors.notUnderstood(volume.name, `no ${subPath} in ${volume.configMap?.name}`);
  return subPath;
}

function claimIn(name: string, { claims }: Manifests): ClaimSpec {
  const claim = claims.find(({ metadata }) => metadata.name === name);
  if (!claim) throw manifestErrors.notUnderstood(name, 'nobody claims this volume');
  return claim.spec;
}
