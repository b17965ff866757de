import type { Input } from '@lucid/consensus';
import type { Block } from '@lucid/ledger';
import type { BlockDocument } from '../domain/block-document.ts';

/** What this validator does about blocks while its instance holds the lease: alone, or with others. */
export interface Seat {
  /** After every sync. @param fence number of the lease */
  open(tip: BlockDocument, fence: number): Promise<void>;
  /** The lease is lost, or the store and memory have to be brought in line again. */
  close(): void;
  /** What the clock asks for. @returns how long to wait before the next look, in milliseconds */
  turn(): Promise<number>;
  /** What other validators say. @throws 6202 where there are none */
  hear(inputs: readonly Input<Block>[]): Promise<void>;
  /** A block that this very validator signed somewhere else. @throws 6003, 6201 */
  accept(judge: (parent: BlockDocument) => Promise<Block>): Promise<BlockDocument>;
}
