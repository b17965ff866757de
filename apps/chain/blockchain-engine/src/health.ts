import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { SLOT_DURATION_MS } from '@lucid/ledger';
import type { ServiceContext } from '@lucid/service';
import type { Ledger } from './adapters/ledger.ts';
import type { Producer } from './adapters/producer.ts';
import type { Validators } from './adapters/validators.ts';

/** A slot whose leaders are all gone stays empty; the one after it has others. */
const SLOTS_WITHOUT_BLOCK = 2;

interface Watched {
  ledger: Pick<Ledger, 'blocks'>;
  producer: Pick<Producer, 'idleMs'>;
  validators: Pick<Validators, 'data'>;
  blockTimeMs: number;
  folder: string;
}

/** `openMongo` watches MongoDB. Here: there is a chain, it grows where this instance makes it, and leaves can be written. */
export function addHealthChecks(context: ServiceContext, watched: Watched): void {
  const { ledger, producer, validators, blockTimeMs, folder } = watched;
  const isSole = validators.data.validators.length === 1;
  const patienceMs = isSole ? 3 * blockTimeMs : 3 * blockTimeMs + SLOTS_WITHOUT_BLOCK * SLOT_DURATION_MS;
  context.health.add({
    name: 'chain',
    check: async () => {
      if (!(await ledger.blocks.headAt(0))) throw new Error('there is no genesis block');
      const { idleMs } = producer;
      if (idleMs >= patienceMs) throw new Error(`no block for ${Math.round(idleMs / 1000)} s`);
    },
  });
  context.health.add({ name: 'data folder', check: () => access(folder, constants.W_OK) });
}
