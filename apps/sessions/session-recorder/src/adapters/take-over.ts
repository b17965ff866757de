import { join } from 'node:path';
import { type Asker, mayTakeOver } from '../domain/ownership.ts';
import { isUnderWay } from '../domain/recording-state.ts';
import { extendPrefix, NOTHING_STORED } from '../domain/stored-prefix.ts';
import { errors } from '../errors.ts';
import type { RecordingDocument } from './documents.ts';
import { HeldRecording } from './held-recording.ts';
import { orphanPath } from './orphans.ts';
import { SessionFolder } from './session-folder.ts';
import type { Workshop } from './workshop.ts';

const RETRY_AFTER = { 'retry-after': '2' };

/**
 * Takes a recording from an owner whose lease has expired. It goes on at the end of what is in storage without a gap; the
 * client still has the rest. Chunks that were registered are cut at the same places again, so that one that reaches storage
 * late is the same chunk.
 * @throws 7109 while that could lose bytes or collide with a processor’s work
 */
export async function takeOver(
  shop: Workshop,
  recording: RecordingDocument,
  asker: Asker,
): Promise<HeldRecording> {
  const { recordings, chunks, context, settings, instruments } = shop;
  const nowMs = context.clock.nowMs();
  const known = await chunks.known(recording._id);
  const prefix = extendPrefix(
    NOTHING_STORED,
    known.filter((chunk) => chunk.status === 'stored'),
  );
  const lost = {
    durableOffset: Math.max(recording.durable_offset, ...known.map((c) => c.plain_offset + c.plain_size), 0),
    storedOffset: prefix.offset,
    leaseExpiredForMs: nowMs - recording.lease_expires_at_ms,
  };
  if (!mayTakeOver(asker, lost, settings.OWNER_GRACE_SECONDS * 1000))
    throw errors.OWNER_AWAY({ headers: RETRY_AFTER });
  if ((await chunks.inWork(recording._id, nowMs)) > 0) throw errors.OWNER_AWAY({ headers: RETRY_AFTER });

  const ends = [...known.map((chunk) => chunk.plain_offset + chunk.plain_size), ...recording.planned_ends];
  const taken = await recordings.takeOver(recording, {
    owner: { instance_id: context.instanceId, address: context.advertisedAddress },
    lease_expires_at_ms: nowMs + settings.OWNER_LEASE_SECONDS * 1000,
    planned_ends: [...new Set(ends)].filter((end) => end > prefix.offset).sort((a, b) => a - b),
    prefix,
  });
  if (!taken) throw errors.OWNER_AWAY({ headers: RETRY_AFTER });
  await chunks.dropUnstored(taken._id, prefix.sequence, taken.epoch);
  await new SessionFolder(shop.fs, join(settings.DATA_DIR, taken._id)).setAside(
    orphanPath(settings.DATA_DIR, taken._id, nowMs),
  );
  instruments.recorder_takeovers_total.inc();
  context.logger.warn(
    { session_id: taken._id, from: recording.owner.instance_id, epoch: taken.epoch, offset: prefix.offset },
    'took a recording over from a recorder that is gone',
  );
  const beyond = known
    .filter((chunk) => chunk.status === 'stored' && chunk.sequence_number > prefix.sequence)
    .map((chunk) => ({
      sequence: chunk.sequence_number,
      sizeBytes: chunk.plain_size,
      hash: chunk.plain_hash,
    }));
  const held = await HeldRecording.open(shop, taken, {
    register: [],
    keep: [],
    tail: { sequence: prefix.sequence + 1, offset: prefix.offset, sizeBytes: 0 },
    gaps: { beyond, unregistered: [] },
  });
  if (isUnderWay(taken.status)) await held.control.begin();
  if (asker === 'stop' && lost.durableOffset > prefix.offset)
    await held.writer.giveUp(
      `the recorder that had bytes ${prefix.offset} to ${lost.durableOffset} did not come back`,
    );
  return held;
}
