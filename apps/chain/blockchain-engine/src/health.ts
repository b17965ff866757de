import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { ServiceContext } from '@lucid/service';
import type { Ledger } from './adapters/ledger.ts';
import type { Producer } from './adapters/producer.ts';

interface Watched {
  ledger: Pick<Ledger, 'blocks'>;
  producer: Pick<Producer, 'idleMs'>;
  blockTimeMs: number;
  folder: string;
}

/** `openMongo` watches MongoDB. Here: there is a chain, it grows where this instance makes it, and leaves can be written. */
export function addHealthChecks(context: ServiceContext, watched: Watched): void {
  const { ledger, producer, blockTimeMs, folder } = watched;
  context.health.add({
    name: 'chain',
    check: async () => {
      if (!(await ledger.blocks.headAt(0))) throw new Error('there is no genesis block');
      const { idleMs } = producer;
      if (idleMs >= 3 * blockTimeMs) throw new Error(`no block for ${Math.round(idleMs / 1000)} s`);
    },
  });
  context.health.add({ name: 'data folder', check: () => access(folder, constants.W_OK) });
}
