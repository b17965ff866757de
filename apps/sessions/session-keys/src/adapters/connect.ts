import { availableParallelism } from 'node:os';
import { openCollection, openMongo } from '@lucid/mongo';
import type { ServiceContext } from '@lucid/service';
import type { Settings } from '../config.ts';
import { KekRing } from '../domain/kek-ring.ts';
import { Semaphore } from '../domain/semaphore.ts';
import { addHealthChecks } from '../health.ts';
import { metrics } from '../metrics.ts';
import type { Deps } from './deps.ts';
import { KeyAudit } from './key-audit.ts';
import { auditDefinition, keysDefinition } from './key-documents.ts';
import { SessionKeys } from './session-keys.ts';
import { StoredFiles } from './stored-files.ts';

const LARGEST_DEFAULT = 4;

/** @throws 7152 when keys in the database were wrapped with another ENCRYPTION_KEY */
export async function connect(settings: Settings, context: ServiceContext): Promise<Deps> {
  const database = await openMongo(settings.MONGODB_URI, context);
  const instruments = metrics.register(context.registry);
  const keks = new KekRing(settings.ENCRYPTION_KEY, settings.ENCRYPTION_KEY_PREVIOUS);
  const audit = new KeyAudit({
    collection: await openCollection(database, auditDefinition),
    context,
    instruments,
  });
  const collection = await openCollection(database, keysDefinition);
  const keys = new SessionKeys({ collection, keks, audit, context, instruments });
  await keys.checkKeks();
  context.lifecycle.onStop('key-encryption keys', () => keks.close());
  addHealthChecks(context, keys);
  return {
    files: new StoredFiles(context.mesh.http, settings.SESSION_STORAGE_URL),
    keys,
    audit,
    readers: new Semaphore(settings.PLAINTEXT_READERS || Math.min(LARGEST_DEFAULT, availableParallelism())),
    instruments,
  };
}
