import { genesisBlock } from '@lucid/ledger';
import { type GenesisSettings, genesisConfigOf } from '../src/domain/genesis.ts';
import { NODE_ID, validatorKey } from './support.ts';

export const self = { validator: NODE_ID, public_key: validatorKey.publicKey };

/** Of a chain that this engine makes alone. */
export const wanted: GenesisSettings = { createdAt: '2026-01-01T00:00:00.000Z', self, validators: [] };

export const genesisOf = (settings: GenesisSettings) => genesisBlock(genesisConfigOf(settings));
