/**
 * What a system means, whatever language it is written in. The model and the files of every target are brought into
 * this form and compared: a difference is a drift between targets, unless a loss accounts for it.
 */
import type { RestartPolicy } from '../model/policies.ts';

export interface CanonicalProbe {
  /** `GET :8080/health/ready`, `TCP :6379`, or the command as written in the model. */
  readonly check: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly retries: number;
  readonly startPeriodSeconds: number;
}

/** Sorted lists and plain values only, so that two graphs can be compared by their JSON. */
export interface CanonicalService {
  readonly name: string;
  readonly kind: 'server' | 'job';
  readonly status: 'built' | 'planned';
  readonly image: string;
  readonly command: readonly string[] | undefined;
  readonly replicas: number;
  /** Named ports it listens on: `8080/tcp`. */
  readonly ports: readonly string[];
  /** `0.0.0.0:443->443/tcp`; a range is `0.0.0.0:13389-14389->13389/tcp`. */
  readonly publishedPorts: readonly string[];
  /** Names of the networks. */
  readonly networks: readonly string[];
  readonly aliases: readonly string[];
  /** Literal variables; a secret variable is `NAME_FILE` with the path it is mounted at. */
  readonly env: Readonly<Record<string, string>>;
  /** `secret name -> mount path`. */
  readonly secrets: readonly string[];
  /** `config name -> mount path`. */
  readonly configs: readonly string[];
  /** `volume name -> mount path (instance|shared)`. */
  readonly volumes: readonly string[];
  /** `volume name: 10Gi`. */
  readonly volumeSizes: readonly string[];
  readonly hostMounts: readonly string[];
  readonly probe: CanonicalProbe | undefined;
  readonly limits: { readonly cpus: number; readonly memoryMiB: number };
  readonly reservations: { readonly cpus: number; readonly memoryMiB: number };
  readonly update: {
    readonly parallelism: number;
    readonly delaySeconds: number;
    readonly monitorSeconds: number;
    readonly failureAction: string;
    readonly order: string;
  };
  readonly restart: RestartPolicy['condition'];
  /** Pause before it is started again; undefined where the target has a pause of its own. */
  readonly restartDelaySeconds?: number | undefined;
  /** After how many starts it is given up; undefined: never. */
  readonly restartAttempts?: number | undefined;
  readonly stopGraceSeconds: number;
  readonly placement: 'spread' | 'data';
  readonly user: string | undefined;
  readonly readOnlyRoot: boolean;
  /** Folders of scratch files, where the root is read-only; elsewhere all of it is writable. */
  readonly writable: readonly string[];
  /** Names of what must be ready, or finished, before it starts. */
  readonly startsAfter: readonly string[];
  /** Lower and upper bound where the target has an autoscaler of its own, and what that aims at if the two differ. */
  readonly scale: {
    readonly min: number;
    readonly max: number;
    readonly cpuPercent?: number;
    readonly memoryPercent?: number;
  };
}

export interface CanonicalNetwork {
  readonly name: string;
  readonly subnet: string;
  readonly internal: boolean;
}

export interface CanonicalGraph {
  readonly services: readonly CanonicalService[];
  readonly networks: readonly CanonicalNetwork[];
  /** Every pair that may talk: `caller -> callee`, from edges and store uses; what a network policy enforces. */
  readonly edges: readonly string[];
}
