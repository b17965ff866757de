/**
 * The images of the system: ours by name, other people's by reference, with what a probe or command may count on
 * being inside. Each can be replaced by an environment variable where no registry answers.
 */
export interface Image {
  /** Ours: the name below the registry prefix. Other people's: the full reference with its tag. */
  readonly reference: string;
  readonly ours: boolean;
  /** The environment variable that names another image: `MONGO_IMAGE`. */
  readonly variable: string | undefined;
  /** Programs that exist in it; a probe or command may use no other. */
  readonly programs: readonly string[];
  /** `uid:gid` it runs as; undefined leaves the image's own (its entry point drops root by itself). */
  readonly user: string | undefined;
  readonly readOnlyRoot: boolean;
  /** Folders that must be writable although the root is not. */
  readonly writable: readonly string[];
}

/** Folders that need a place of their own, in order: without a read-only root, all of it is writable as it is. */
export function scratchFolders({ readOnlyRoot, writable }: Image): string[] {
  return readOnlyRoot ? [...writable].sort() : [];
}

const NONROOT = '65534:65534';

/** Where our images live, unless `LUCID_REGISTRY` says otherwise. */
export const REGISTRY = 'ghcr.io/hamigames/lucid';

/** One of our own: distroless, no shell, node is the only program. @param name without prefix: `api-gateway` */
export function ownImage(name: string): Image {
  return {
    reference: name,
    ours: true,
    variable: undefined,
    programs: ['node'],
    user: NONROOT,
    readOnlyRoot: true,
    writable: ['/tmp'],
  };
}

interface Foreign {
  readonly programs?: readonly string[];
  readonly user?: string;
  readonly readOnlyRoot?: boolean;
  readonly writable?: readonly string[];
}

function foreignImage(reference: string, variable: string, facts: Foreign = {}): Image {
  return {
    reference,
    ours: false,
    variable,
    programs: facts.programs ?? [],
    user: facts.user,
    readOnlyRoot: facts.readOnlyRoot ?? false,
    writable: facts.writable ?? [],
  };
}

/** Versions are those of the guides, or the oldest still maintained line where a guide names none. */
export const images = {
  mongo: foreignImage('mongo:7.0', 'MONGO_IMAGE', { programs: ['bash', 'sh', 'mongod', 'mongosh'] }),
  redis: foreignImage('redis:7.2-alpine', 'REDIS_IMAGE', { programs: ['sh', 'redis-server', 'redis-cli'] }),
  elasticsearch: foreignImage('elasticsearch:8.11.0', 'ELASTICSEARCH_IMAGE', {
    programs: ['bash', 'sh', 'curl'],
  }),
  mongoExporter: foreignImage('bitnami/mongodb-exporter:0.40.0', 'MONGO_EXPORTER_IMAGE', {
    programs: ['sh', 'cat', 'mongodb_exporter'],
    readOnlyRoot: true,
  }),
  redisExporter: foreignImage('oliver006/redis_exporter:v1.55.0', 'REDIS_EXPORTER_IMAGE', {
    readOnlyRoot: true,
  }),
  elasticsearchExporter: foreignImage(
    'quay.io/prometheuscommunity/elasticsearch-exporter:v1.7.0',
    'ELASTICSEARCH_EXPORTER_IMAGE',
    { readOnlyRoot: true },
  ),
  haproxy: foreignImage('haproxy:2.8-alpine', 'HAPROXY_IMAGE', {
    programs: ['sh', 'wget', 'haproxy'],
    readOnlyRoot: true,
  }),
  traefik: foreignImage('traefik:v3.0', 'TRAEFIK_IMAGE', { programs: ['sh', 'wget', 'traefik'] }),
  nginx: foreignImage('nginx:1.26', 'NGINX_IMAGE', { programs: ['sh', 'bash', 'curl', 'nginx'] }),
  squid: foreignImage('ubuntu/squid:5.2-22.04_beta', 'SQUID_IMAGE', {
    programs: ['sh', 'bash', 'squid'],
    user: '13:13', // proxy
  }),
  consul: foreignImage('hashicorp/consul:1.16', 'CONSUL_IMAGE', { programs: ['sh', 'consul'] }),
  envoy: foreignImage('envoyproxy/envoy:v1.28.0', 'ENVOY_IMAGE', { programs: ['sh', 'bash', 'envoy'] }),
  prometheus: foreignImage('prom/prometheus:v2.48.0', 'PROMETHEUS_IMAGE', {
    programs: ['sh', 'wget', 'prometheus', 'promtool'],
  }),
  alertmanager: foreignImage('prom/alertmanager:v0.26.0', 'ALERTMANAGER_IMAGE', {
    programs: ['sh', 'wget', 'alertmanager'],
  }),
  grafana: foreignImage('grafana/grafana:10.2.0', 'GRAFANA_IMAGE', {
    programs: ['sh', 'bash', 'wget', 'curl'],
  }),
} as const satisfies Record<string, Image>;

/** The environment variables that decide which images are used. */
export type ImageEnvironment = Readonly<Record<string, string | undefined>>;

/** The reference an engine is given: overridden by its variable, or below the registry for our own. */
export function resolvedImage(image: Image, environment: ImageEnvironment): string {
  if (!image.ours) return (image.variable && environment[image.variable]) || image.reference;
  return `${environment.LUCID_REGISTRY || REGISTRY}/${image.reference}:${environment.LUCID_VERSION || 'latest'}`;
}
