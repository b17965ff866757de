/**
 * What an instance does about blocks.
 * ```
 *            lease won               store and memory agree
 *  standby ────────────▶ syncing ────────────────────────────▶ active
 *     ▲                   │   ▲                                  │
 *     ├─── lease lost ────┘   └── height taken, store failed ────┤
 *     └──────────────────────── lease lost ──────────────────────┘
 * ```
 * standby: serves reads and takes transactions, makes no blocks. syncing: holds the lease, brings transactions and mempool
 * in line with the last block. active: makes a block at every tick.
 */
export type ProducerState = 'standby' | 'syncing' | 'active';
export type ProducerEvent = 'lease_won' | 'lease_lost' | 'synced' | 'setback';

const NEXT: Readonly<Record<ProducerState, Partial<Record<ProducerEvent, ProducerState>>>> = {
  standby: { lease_won: 'syncing' },
  syncing: { synced: 'active', lease_lost: 'standby', setback: 'syncing' },
  active: { lease_lost: 'standby', setback: 'syncing' },
};

/** @returns the state itself when the event means nothing in it */
export const nextProducerState = (state: ProducerState, event: ProducerEvent): ProducerState =>
  NEXT[state][event] ?? state;
