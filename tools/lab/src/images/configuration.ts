import { type ImageDefinition, type RunSettings, referenceOf } from './definition.ts';

/** The label that says what an image was built from. */
export const KEY_LABEL = 'lucid.lab.key';

/** No clock in an image: the same input gives the same image id. */
const EPOCH = '1970-01-01T00:00:00Z';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const setOf = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, {}]));

function runConfiguration(run: RunSettings) {
  return {
    Env: Object.entries({ PATH, ...run.environment }).map(([name, value]) => `${name}=${value}`),
    ...(run.entrypoint && { Entrypoint: run.entrypoint }),
    ...(run.command && { Cmd: run.command }),
    ...(run.user && { User: run.user }),
    ...(run.workingDirectory && { WorkingDir: run.workingDirectory }),
    ...(run.ports && { ExposedPorts: setOf(run.ports.map((port) => `${port}/tcp`)) }),
    ...(run.volumes && { Volumes: setOf(run.volumes) }),
    ...(run.stopSignal && { StopSignal: run.stopSignal }),
  };
}

/**
 * The image configuration, as `docker load` and containerd read it (OCI image-spec, config.md).
 * @param layer digest of the uncompressed layer, `sha256:…`
 */
export function imageConfiguration(image: ImageDefinition, key: string, layer: string): string {
  const labels = {
    [KEY_LABEL]: key,
    'org.opencontainers.image.title': referenceOf(image),
    'org.opencontainers.image.description': `stands for ${image.standsFor} where no registry answers`,
  };
  return JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    created: EPOCH,
    config: { ...runConfiguration(image.run), Labels: labels },
    rootfs: { type: 'layers', diff_ids: [layer] },
    history: [{ created: EPOCH, created_by: `lab images ${image.name}` }],
  });
}
