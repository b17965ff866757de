import type { NodeView } from './cluster-nodes.ts';
import { addressText, type RedisAddress } from './wanted.ts';

/** A wanted node that answered. */
export interface ReachedNode {
  readonly contact: 'reached';
  readonly address: RedisAddress;
  /** The address it was reached at just now; the one other nodes have to know. */
  readonly ip: string;
  /** Its own line of `CLUSTER NODES`. */
  readonly self: NodeView;
  /** The others it knows. */
  readonly others: readonly NodeView[];
  readonly isStateOk: boolean;
  readonly keys: number;
  /** For a replica: whether it copies from its master. True for a master. */
  readonly isSynchronised: boolean;
}

/** A wanted node that did not, or cannot serve. */
export interface MissedNode {
  /** `away` may pass; `unfit` (wrong password, no cluster mode) will not. */
  readonly contact: 'away' | 'unfit';
  readonly address: RedisAddress;
  readonly reason: string;
}

/** The wanted nodes, in their order. */
export type RedisObservation = ReadonlyArray<ReachedNode | MissedNode>;

export const nameOf = ({ address }: { readonly address: RedisAddress }): string => addressText(address);

/** How `viewer` knows `other`, undefined when it does not. */
export const viewOf = (viewer: ReachedNode, other: ReachedNode): NodeView | undefined =>
  viewer.others.find(({ id }) => id === other.self.id);
