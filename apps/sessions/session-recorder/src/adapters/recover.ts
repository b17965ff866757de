import { join } from 'node:path';
import { planWithGaps } from '../domain/gap-plan.ts';
import { isAtRest } from '../domain/recording-state.ts';
import { planRecovery } from '../domain/recovery-plan.ts';
import type { RecordingDocument } from './documents.ts';
import type { Findings } from './findings.ts';
import { HeldRecording } from './held-recording.ts';
import { orphanPath } from './orphans.ts';
import { SessionFolder } from './session-folder.ts';
import type { Workshop } from './workshop.ts';

const SESSION_FOLDER = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * After a start: makes the folder and the records agree and picks up every recording this instance still owns. Folders of
 * recordings that have another owner by now, or none, are set aside.
 */
export async function recover(shop: Workshop): Promise<HeldRecording[]> {
  const { fs, settings, recordings, context } = shop;
  await fs.mkdir(settings.DATA_DIR, { recursive: true });
  const mine = new Map((await recordings.ownedBy(context.instanceId)).map((found) => [found._id, found]));
  const folders = (await fs.readdir(settings.DATA_DIR)).filter((name) => SESSION_FOLDER.test(name));
  for (const sessionId of folders) {
    if (mine.has(sessionId)) continue;
    const target = orphanPath(settings.DATA_DIR, sessionId, context.clock.nowMs());
    await new SessionFolder(fs, join(settings.DATA_DIR, sessionId)).setAside(target);
    shop.instruments.recorder_fenced_total.inc();
    context.logger.warn({ session_id: sessionId }, 'not our recording any more: files set aside');
  }
  const held: HeldRecording[] = [];
  for (const recording of mine.values())
    if (!isAtRest(recording.status) || folders.includes(recording._id))
      held.push(await pickUp(shop, recording));
  return held;
}

/** Takes up one recording of this instance as its folder and its records say it is. */
export async function pickUp(shop: Workshop, recording: RecordingDocument): Promise<HeldRecording> {
  const folder = new SessionFolder(shop.fs, join(shop.settings.DATA_DIR, recording._id));
  const findings =
    recording.source === 'chunks'
      ? await findClientChunks(shop, recording, folder)
      : await findStream(shop, recording, folder);
  const held = await HeldRecording.open(shop, recording, findings);
  if (!(await held.renew()))
    shop.context.logger.warn({ session_id: recording._id }, 'lost the recording while recovering');
  else if (!isAtRest(recording.status) && recording.status !== 'stopping') await held.control.begin();
  return held;
}

async function findStream(
  shop: Workshop,
  recording: RecordingDocument,
  folder: SessionFolder,
): Promise<Findings> {
  const plan = planRecovery(await shop.chunks.known(recording._id), await folder.list());
  for (const file of plan.remove) await folder.remove(file);
  await quarantineLost(shop, recording._id, plan.lost);
  const { tail } = plan;
  const about = {
    session_id: recording._id,
    status: recording.status,
    offset: tail.offset + tail.sizeBytes,
    registered: plan.register.length,
    removed: plan.remove.length,
    lost: plan.lost,
    behind_a_gap: plan.setAside,
  };
  const isOdd = plan.lost.length > 0 || plan.setAside.length > 0;
  shop.context.logger[isOdd ? 'error' : 'info'](about, 'recording recovered');
  return plan;
}

async function findClientChunks(
  shop: Workshop,
  recording: RecordingDocument,
  folder: SessionFolder,
): Promise<Findings> {
  const plan = planWithGaps(await shop.chunks.known(recording._id), await folder.list());
  for (const file of plan.remove) await folder.remove(file);
  await quarantineLost(shop, recording._id, plan.lost);
  const { placed, beyond, unregistered, lost } = plan;
  const about = {
    session_id: recording._id,
    status: recording.status,
    chunks: placed.sequence,
    behind_a_gap: beyond.length,
    unregistered: unregistered.length,
    lost,
  };
  shop.context.logger[lost.length > 0 ? 'error' : 'info'](about, 'recording recovered');
  return {
    keep: plan.keep,
    register: [],
    tail: { sequence: placed.sequence + 1, offset: placed.offset, sizeBytes: 0 },
    gaps: {
      beyond: beyond.map((chunk) => ({
        sequence: chunk.sequence_number,
        sizeBytes: chunk.plain_size,
        hash: chunk.plain_hash,
      })),
      unregistered,
    },
  };
}

async function quarantineLost(shop: Workshop, sessionId: string, lost: readonly number[]): Promise<void> {
  for (const sequence of lost)
    await shop.chunks.quarantine(sessionId, sequence, 'the plaintext is gone from the recorder');
}
