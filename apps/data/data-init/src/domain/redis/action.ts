import type { SlotRange } from './slots.ts';
import type { RedisAddress } from './wanted.ts';

/** One step towards the wanted cluster, and the node it is done at. */
export type RedisAction =
  | { readonly kind: 'assign'; readonly at: RedisAddress; readonly range: SlotRange }
  | {
      readonly kind: 'meet';
      readonly at: RedisAddress;
      readonly ip: string;
      readonly port: number;
      readonly busPort: number;
      readonly name: string;
    }
  | {
      readonly kind: 'replicate';
      readonly at: RedisAddress;
      readonly masterId: string;
      readonly master: string;
      readonly isSameHost: boolean;
    };
