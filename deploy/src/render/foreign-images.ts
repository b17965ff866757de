/**
 * How other people's images start, which the model leaves to them. A command goes to an entry point that runs what it
 * is given, and takes the place of one that does not. A pod takes everything away from its process that
 * is not listed here, so that each line says what an image cannot do without.
 */
import type { Image } from '../model/images.ts';
import { splitReference } from './kubernetes/names.ts';

export interface ForeignStart {
  /** Its entry point prepares something and runs what it is given; a command must not take its place. */
  readonly entryPointRuns: boolean;
  /** What an entry point needs that starts as root to hand its folder over, and then drops root for good. */
  readonly capabilities: readonly string[];
  /** Group a volume is given to, for images that never are root and cannot take it themselves. */
  readonly volumeGroup: number | undefined;
}

/** Change owners of what belongs to somebody else, read folders closed to root's empty hands, become another user. */
const DROPS_ROOT = ['CHOWN', 'DAC_OVERRIDE', 'SETGID', 'SETUID'] as const;

const never: ForeignStart = { entryPointRuns: false, capabilities: [], volumeGroup: undefined };
const wrapper: ForeignStart = { ...never, entryPointRuns: true };

/** By image name. The numbers are the users the images' own Dockerfiles make. */
export const FOREIGN_STARTS: Readonly<Record<string, ForeignStart>> = {
  // chowns /data/db, then gosu mongodb; FOWNER: `install -m 0400` sets the mode of the key file after its owner
  mongo: { ...wrapper, capabilities: [...DROPS_ROOT.slice(0, 2), 'FOWNER', ...DROPS_ROOT.slice(2)] },
  redis: { ...wrapper, capabilities: DROPS_ROOT },
  elasticsearch: { ...wrapper, volumeGroup: 1000 },
  'bitnami/mongodb-exporter': never,
  'oliver006/redis_exporter': never,
  'quay.io/prometheuscommunity/elasticsearch-exporter': never,
  haproxy: wrapper,
  traefik: wrapper, // stays root, without a single capability
  nginx: { ...wrapper, capabilities: ['CHOWN', 'SETGID', 'SETUID'] }, // workers are another user
  'ubuntu/squid': never, // started by itself, as the user it works as
  'hashicorp/consul': { ...wrapper, capabilities: DROPS_ROOT },
  'envoyproxy/envoy': { ...wrapper, capabilities: DROPS_ROOT },
  'prom/prometheus': { ...never, volumeGroup: 65_534 },
  'prom/alertmanager': { ...never, volumeGroup: 65_534 },
  'grafana/grafana': { ...never, volumeGroup: 472 },
};

/**
 * How an image starts. Our own start as the user they name, without help, and so does one that is not listed: whatever
 * it needs beyond that it has to be given here first.
 */
export function startOf(image: Image): ForeignStart {
  return FOREIGN_STARTS[splitReference(image.reference).name] ?? never;
}
