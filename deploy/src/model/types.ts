/**
 * The vocabulary of the topology: plain, frozen data. Builders write it, profiles overlay it, rules lint it,
 * engines and renderers read it. Nothing here knows how a system is run.
 */

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
export type SecretFormat = 'base64url-32' | 'base64url-64' | 'hex-32' | 'hex-16' | 'ed25519-pem';

export interface Secret {
  readonly name: string;
  readonly format: SecretFormat;
}

/** A variable of a service whose value is a secret; engines hand it over as a file named by `<variable>_FILE`. */
export interface SecretUse {
  readonly variable: string;
  readonly secret: string;
}

export interface Volume {
  readonly name: string;
  readonly mountPath: string;
  /** The variable that tells the service where the volume is. */
  readonly variable: string;
  /** `instance`: every replica has its own; `shared`: all replicas see the same files. */
  readonly scope: 'instance' | 'shared';
}

/** A port beside the main one, told to the service by a variable. */
export interface ExtraPort {
  readonly variable: string;
  readonly port: number;
}

/** The door to the outside: replicas listen on it together, beside their own address. */
export interface PublishedAddress {
  readonly variable: string;
  readonly host: string;
  readonly port: number;
}

export interface Probe {
  readonly path: string;
  /** Where the probe is answered; the main port unless said otherwise. */
  readonly port: number;
  /** Longest time from spawn to the first good answer. */
  readonly startDeadlineMs: number;
}

/** An edge to a store: one database of it, as one user. */
export interface StoreUse {
  readonly store: string;
  readonly variable: string;
  readonly database: string;
}

/** What a caller needs to write the connection string of a store. */
export interface StoreAccess {
  readonly scheme: 'mongodb';
  readonly username: string;
  readonly passwordSecret: string;
}

export interface Memory {
  /** What one instance is expected to occupy; preflight adds these up. */
  readonly expectedMiB: number;
  /** Upper bound of the JavaScript heap. */
  readonly heapMiB: number;
}

export interface Service {
  readonly name: string;
  readonly kind: 'service' | 'store';
  readonly cluster: Cluster;
  readonly plane: Plane;
  readonly networks: readonly string[];
  /** Folder of the deployable, relative to the workspace. */
  readonly app: string;
  readonly image: string;
  readonly port: number;
  readonly extraPorts: readonly ExtraPort[];
  readonly publishes: PublishedAddress | undefined;
  readonly replicas: number;
  readonly scale: { readonly min: number; readonly max: number };
  readonly probe: Probe;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretUse[];
  readonly volumes: readonly Volume[];
  readonly access: StoreAccess | undefined;
  readonly calls: readonly string[];
  readonly uses: readonly StoreUse[];
  /** Explicit start order, on top of `uses`. Calls do not imply it: they may be cyclic. */
  readonly startsAfter: readonly string[];
  readonly memory: Memory;
}

export interface System {
  readonly name: string;
  readonly networks: readonly Network[];
  readonly secrets: readonly Secret[];
  readonly services: readonly Service[];
}
