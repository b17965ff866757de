/** What the common part of a service in a file means. */
import type { CanonicalProbe, CanonicalService } from '../canonical.ts';
import { SECRETS_DIR } from '../container-system.ts';
import type { Body, VolumeLabels } from './body-schema.ts';
import { formatErrors } from './errors.ts';
import { checkOf } from './health-test.ts';
import { imageReference } from './image.ts';
import { secondsOf } from './units.ts';

type BodyMeaning = Pick<
  CanonicalService,
  | 'image'
  | 'command'
  | 'networks'
  | 'aliases'
  | 'env'
  | 'secrets'
  | 'configs'
  | 'volumes'
  | 'volumeSizes'
  | 'hostMounts'
  | 'probe'
  | 'stopGraceSeconds'
  | 'user'
  | 'readOnlyRoot'
  | 'writable'
>;

/** What the file says elsewhere. */
export interface BodyContext {
  /** Name of the service in the file, for messages. */
  readonly where: string;
  readonly volumes: Readonly<Record<string, { readonly labels: VolumeLabels }>>;
  readonly secrets: ReadonlySet<string>;
  readonly configs: ReadonlySet<string>;
  /** The word for a volume's scope: targets may promise less than the label says. */
  readonly scopeOf: (scope: VolumeLabels['lucid.scope']) => string;
}

export function readBody(body: Body, context: BodyContext): BodyMeaning {
  const {
    environment = {},
    secrets = [],
    configs = [],
    volumes = [],
    where = context.where,
  } = { ...body, where: context.where };
  const known = (name: string, names: ReadonlySet<string>) => {
    if (!names.has(name))
      throw formatErrors.notUnderstood(where, `mounts ${name}, which the file does not define`);
    return name;
  };
  return {
    image: imageReference(body.image),
    command: body.entrypoint ?? body.command,
    networks: Object.keys(body.networks).sort(),
    aliases: aliasesOf(body, where),
    env: environment,
    secrets: secrets.map((name) => `${known(name, context.secrets)} -> ${SECRETS_DIR}/${name}`).sort(),
    configs: configs.map(({ source, target }) => `${known(source, context.configs)} -> ${target}`).sort(),
    volumes: volumes
      .flatMap((mount) => {
        if (mount.type !== 'volume') return [];
        const volume = context.volumes[mount.source];
        if (!volume)
          throw formatErrors.notUnderstood(where, `mounts ${mount.source}, which the file does not define`);
        const { 'lucid.volume': name, 'lucid.scope': scope } = volume.labels;
        return [`${name} -> ${mount.target} (${context.scopeOf(scope)})`];
      })
      .sort(),
    volumeSizes: [], // a volume of Docker's has none
    hostMounts: volumes
      .flatMap((mount) => (mount.type === 'bind' ? [`${mount.source} -> ${mount.target}`] : []))
      .sort(),
    probe: probeOf(body),
    stopGraceSeconds: secondsOf(body.stop_grace_period),
    user: body.user,
    readOnlyRoot: body.read_only ?? false,
    writable: volumes.flatMap((mount) => (mount.type === 'tmpfs' ? [mount.target] : [])).sort(),
  };
}

/** The model has one list for all networks. */
function aliasesOf({ networks }: Body, where: string): string[] {
  const [first = [], ...others] = Object.values(networks).map(({ aliases = [] }) => [...aliases].sort());
  if (others.some((other) => other.join() !== first.join()))
    throw formatErrors.notUnderstood(where, 'has other aliases on one network than on another');
  return first;
}

function probeOf({ healthcheck, environment = {} }: Body): CanonicalProbe | undefined {
  if (!healthcheck) return undefined;
  return {
    check: checkOf(healthcheck.test, environment),
    intervalSeconds: secondsOf(healthcheck.interval),
    timeoutSeconds: secondsOf(healthcheck.timeout),
    retries: healthcheck.retries,
    startPeriodSeconds: secondsOf(healthcheck.start_period),
  };
}
