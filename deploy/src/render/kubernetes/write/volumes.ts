import { scratchFolders } from '../../../model/images.ts';
import type { Service } from '../../../model/types.ts';
import { type ContainerService, SECRETS_DIR } from '../../container-system.ts';
import type { Container, PodVolume } from '../manifest/pod.ts';
import { configMapName, secretObjectName, slug } from '../names.ts';
import { claimedVolumes } from './plan.ts';

type Mount = NonNullable<Container['volumeMounts']>[number];
interface Mounted {
  readonly mount: Mount;
  /** Undefined where the StatefulSet claims it for each pod. */
  readonly volume: PodVolume | undefined;
}

/** Memory a folder of scratch files may take; it counts as the container's own. */
const SCRATCH_LIMIT = '64Mi';

/** Everything a container sees beside its image, and where each of it comes from. */
export function mountsOf({ service, secrets }: ContainerService): Mounted[] {
  return [
    ...(secrets.length > 0 ? [secretsMount(secrets)] : []),
    ...service.configs.map((config) => {
      const name = `config-${slug(config.name).replaceAll('.', '-')}`;
      // one file among those the image has in that folder
      const mount = { name, mountPath: config.mountPath, subPath: config.name, readOnly: true as const };
      return { mount, volume: { name, configMap: { name: configMapName(config) } } };
    }),
    ...volumeMounts(service),
    ...service.hostMounts.map(({ hostPath, mountPath }, at) => {
      const name = `host-${at + 1}`;
      const hostFolder = { path: hostPath, type: 'Directory' as const };
      return { mount: { name, mountPath, readOnly: true as const }, volume: { name, hostPath: hostFolder } };
    }),
    ...scratchFolders(service.image).map((mountPath, at) => {
      const name = `scratch-${at + 1}`;
      const emptyDir = { medium: 'Memory' as const, sizeLimit: SCRATCH_LIMIT };
      return { mount: { name, mountPath }, volume: { name, emptyDir } };
    }),
  ];
}

/** All secrets in one folder, each a file under its own name, as Docker mounts them. */
function secretsMount(secrets: readonly string[]): Mounted {
  const sources = secrets.map((secret) => ({
    secret: {
      name: secretObjectName(secret),
      items: [{ key: 'value', path: secret }] as [{ key: 'value'; path: string }],
    },
  }));
  return {
    mount: { name: 'secrets', mountPath: SECRETS_DIR, readOnly: true },
    volume: { name: 'secrets', projected: { sources } },
  };
}

function volumeMounts(service: Service): Mounted[] {
  const claimed = claimedVolumes(service);
  return service.volumes.map((volume) => ({
    mount: { name: volume.name, mountPath: volume.mountPath },
    volume: claimed.includes(volume)
      ? { name: volume.name, persistentVolumeClaim: { claimName: volume.name } }
      : undefined,
  }));
}
