/** A share of a machine: processors (0.5 is half of one) and memory. */
export interface Share {
  readonly cpus: number;
  readonly memoryMiB: number;
}

/** Never more than `limits`; `reservations` are kept free for it by a scheduler. */
export interface Resources {
  readonly limits: Share;
  readonly reservations: Share;
}

/** How replicas are replaced by a new version, and how they are put back when that fails. */
export interface UpdatePolicy {
  /** Replicas replaced at once. */
  readonly parallelism: number;
  readonly delaySeconds: number;
  /** How long a new replica is watched before the next one's turn. */
  readonly monitorSeconds: number;
  readonly failureAction: 'rollback' | 'pause';
  /** `start-first`: the new one serves before the old one stops; impossible where both want one volume or port. */
  readonly order: 'start-first' | 'stop-first';
}

export interface RestartPolicy {
  /** `always` for servers, `on-failure` for jobs. */
  readonly condition: 'always' | 'on-failure';
  readonly delaySeconds: number;
  /** Undefined: no end. A server that gives up for good after three crashes is a server that is down. */
  readonly maxAttempts: number | undefined;
}
