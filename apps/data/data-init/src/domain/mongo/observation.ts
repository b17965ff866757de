/** What one member says to a stranger (`hello`, no login). */
export interface MemberView {
  readonly host: string;
  readonly contact:
    | 'unreachable'
    /** Runs without --replSet. */
    | 'standalone'
    /** Runs with --replSet, but has no configuration of a set yet. */
    | 'uninitialised'
    | 'member';
  /** Why it cannot be reached. */
  readonly reason: string;
  readonly setName: string | undefined;
  readonly isPrimary: boolean;
}

/** A member in the document of the set's configuration; fields that are not named here are kept as they are. */
export interface ConfigMember {
  readonly _id: number;
  readonly host: string;
  readonly priority: number;
  readonly votes: number;
  readonly hidden?: boolean;
  readonly arbiterOnly?: boolean;
  readonly [field: string]: unknown;
}

/** The document of `replSetGetConfig`; fields that are not named here are kept as they are. */
export interface SetConfig {
  readonly _id: string;
  readonly version: number;
  readonly members: readonly ConfigMember[];
  readonly [field: string]: unknown;
}

/** How the primary sees a member (`replSetGetStatus`). */
export interface MemberHealth {
  /** `PRIMARY`, `SECONDARY`, `STARTUP2`, `(not reachable/healthy)`, … */
  readonly state: string;
  /** The last heartbeat's complaint, or empty. */
  readonly complaint: string;
}

/** The set, asked at its primary. */
export interface SetView {
  readonly primary: string;
  readonly config: SetConfig;
  readonly health: ReadonlyMap<string, MemberHealth>;
}

export interface MongoObservation {
  /** The wanted members, in their order. */
  readonly members: readonly MemberView[];
  /** Why the login was refused where it must work; undefined when it works or was not tried. */
  readonly loginProblem: string | undefined;
  /** Why an answer is missing that the next round may get. */
  readonly trouble: string | undefined;
  /** Undefined while there is no primary to ask. */
  readonly set: SetView | undefined;
}
