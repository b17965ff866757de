/**
 * The vocabulary of the topology: plain, frozen data. Builders write it, profiles overlay it, rules lint it,
 * engines and renderers read it. Nothing here knows how a system is run.
 */
import type { ConfigFile } from './config-file.ts';
import type { Image } from './images.ts';
import type { Resources, RestartPolicy, UpdatePolicy } from './policies.ts';
import type { Probe } from './probe.ts';
import type { Store, StoreUse } from './store.ts';

/** The ten clusters of the platform; the number is the one the deployment guide uses. */
export const CLUSTERS = {
  gateway: '01',
  chain: '02',
  sessions: '03',
  rdp: '04',
  nodes: '05',
  admin: '06',
  tron: '07',
  data: '08',
  identity: '09',
  mesh: '10',
  ops: '10',
} as const;
export type Cluster = keyof typeof CLUSTERS;

/** Who may talk to whom at all: the wallet plane (TRON) is reachable from neither of the others. */
export type Plane = 'ops' | 'chain' | 'wallet';

export interface Network {
  readonly name: string;
  readonly subnet: string;
  /** An internal network has no way out and publishes nothing. */
  readonly internal: boolean;
}

/** How a secret's value is made, once per deployment. Sizes are bytes of entropy. */
export type SecretFormat =
  | 'base64url-32'
  | 'base64url-64'
  | 'base64-756'
  | 'hex-32'
  | 'hex-16'
  | 'ed25519-pem'
  | 'self-signed-pem'
  | DerivedFormat;

/** Nothing of it is drawn by lot: it follows from other secrets, and holds no private half of any. */
export type DerivedFormat = 'bootstrap-validators' | 'validator-peers';

export interface Secret {
  readonly name: string;
  readonly format: SecretFormat;
  /** What a derived one follows from. */
  readonly validators?: readonly ValidatorSecrets[];
}

/** A variable of a service whose value is a secret; engines hand it over as a file named by `<variable>_FILE`. */
export interface SecretUse {
  readonly variable: string;
  readonly secret: string;
}

/** A text made of a secret (`{value}` stands for it), for software that wants it inside a file of its own format. */
export interface SecretFile {
  readonly secret: string;
  /** File name, also the name of the derived secret: `redis-auth.conf`. */
  readonly name: string;
  readonly template: string;
}

export interface Volume {
  readonly name: string;
  readonly mountPath: string;
  /** The variable that tells the service where the volume is; none for software that has its own fixed place. */
  readonly variable: string | undefined;
  /** `instance`: every replica has its own; `shared`: all replicas see the same files. */
  readonly scope: 'instance' | 'shared';
  /** Room that is asked for, for each instance or for all together. */
  readonly sizeGiB: number;
}

/** Something asked of a part that its software cannot do, whatever runs it; said among the losses of every target. */
export interface Shortfall {
  /** What was asked: `edge.algorithm`. */
  readonly wish: string;
  readonly why: string;
  /** What it does instead, in one sentence. */
  readonly substitute: string;
}

/** A folder of the host, seen read-only. */
export interface HostMount {
  readonly hostPath: string;
  readonly mountPath: string;
}

/** A port beside the main one, told to the service by a variable. */
export interface ExtraPort {
  readonly variable: string | undefined;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
}

/** A process engine's door to the outside: replicas listen on it together, beside their own address. */
export interface PublishedAddress {
  readonly variable: string;
  readonly host: string;
  readonly port: number;
  /** The edge publishes in its place: it is reached by the edge alone. */
  readonly behindEdge: boolean;
}

/** A port of the host that leads into a container, or a range of equal length on both sides. */
export interface PublishedPort {
  readonly host: string;
  readonly port: number;
  /** Last port of a range; equal to `port` when it is one. */
  readonly lastPort: number;
  readonly target: number;
  readonly protocol: 'tcp' | 'udp';
}

export interface Memory {
  /** What one instance is expected to occupy; preflight adds these up. */
  readonly expectedMiB: number;
  /** Upper bound of the JavaScript heap. */
  readonly heapMiB: number;
}

/** How far a service may grow, and what an autoscaler aims at (percent of the reservation). */
export interface ScaleRange {
  readonly min: number;
  readonly max: number;
  readonly cpuPercent: number;
  readonly memoryPercent: number;
}

/** `service`: ours, answers HTTP. `store`, `support`: other people's. `job`: runs to its end, may run again. */
export type ServiceKind = 'service' | 'store' | 'job' | 'support';

export interface Service {
  readonly name: string;
  readonly kind: ServiceKind;
  /** `planned`: drawn and rendered, but its code is not written; engines leave it out and say so. */
  readonly status: 'built' | 'planned';
  readonly cluster: Cluster;
  readonly plane: Plane;
  readonly networks: readonly string[];
  /** Further names it is found by, on all its networks. */
  readonly aliases: readonly string[];
  /** The name others call it by and know it as, where several services are one to them; undefined: its own. */
  readonly standsFor: string | undefined;
  /** Drawn once, and may be several that have each something of their own. */
  readonly council: Council | undefined;
  /** Folder of the deployable, relative to the workspace; undefined for other people's software. */
  readonly app: string | undefined;
  readonly image: Image;
  /** What it runs, through the image's entry point where that runs what it is given. */
  readonly command: readonly string[] | undefined;
  /** 0 for a job. */
  readonly port: number;
  readonly extraPorts: readonly ExtraPort[];
  readonly publishes: PublishedAddress | undefined;
  readonly publishedPorts: readonly PublishedPort[];
  readonly replicas: number;
  readonly scale: ScaleRange;
  readonly probe: Probe | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretUse[];
  readonly secretFiles: readonly SecretFile[];
  readonly configs: readonly ConfigFile[];
  readonly volumes: readonly Volume[];
  readonly hostMounts: readonly HostMount[];
  readonly calls: readonly string[];
  readonly uses: readonly StoreUse[];
  /** Whom it talks to beside `calls` and `uses`, without being told an address: what it watches or stands before. */
  readonly reaches: readonly string[];
  /** Explicit start order, on top of `uses`. Calls do not imply it: they may be cyclic. */
  readonly startsAfter: readonly string[];
  readonly memory: Memory;
  readonly resources: Resources;
  readonly update: UpdatePolicy;
  readonly restart: RestartPolicy;
  readonly stopGraceSeconds: number;
  /** Stays on the node that holds its data (`lucid.data=true`), or is spread over all. */
  readonly placement: 'spread' | 'data';
  /** Where Prometheus finds metrics; undefined when there are none. */
  readonly metrics: { readonly port: number; readonly path: string } | undefined;
  readonly shortfalls: readonly Shortfall[];
}

export interface System {
  readonly name: string;
  readonly networks: readonly Network[];
  readonly secrets: readonly Secret[];
  readonly stores: readonly Store[];
  readonly services: readonly Service[];
}

/** What is needed to make several of one. */
export interface Council {
  /** How many validators; 1 leaves the service as it is drawn. */
  readonly size: number;
  /** Their names, before the number. */
  readonly members: string;
  /** Variable of the secret that signs. */
  readonly key: string;
  /** Variable of the secret that names the validator on the chain. */
  readonly nodeId: string;
}

/** Where to find what others may know of a validator. Names of secrets, and an address. */
export interface ValidatorSecrets {
  readonly key: string;
  readonly nodeId: string;
  readonly url: string;
  /** Whom calls to it are made out to. */
  readonly service: string;
}
