import { join } from 'node:path';
import { planRecovery } from '../domain/recovery-plan.ts';
import type { RecordingDocument } from './documents.ts';
import { type Findings, HeldRecording } from './held-recording.ts';
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
  for (const recording of mine.values()) {
    const isOpen = recording.status === 'recording' || recording.status === 'stopping';
    if (isOpen || folders.includes(recording._id)) held.push(await pickUp(shop, recording));
  }
  return held;
}

async function pickUp(shop: Workshop, recording: RecordingDocument): Promise<HeldRecording> {
  const { chunks, settings, context } = shop;
  const folder = new SessionFolder(shop.fs, join(settings.DATA_DIR, recording._id));
  const plan = planRecovery(await chunks.known(recording._id), await folder.list());
  for (const file of plan.remove) await folder.remove(file);
  for (const sequence of plan.lost)
    await chunks.quarantine(recording._id, sequence, 'the plaintext is gone from the recorder');
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
  context.logger[isOdd ? 'error' : 'info'](about, 'recording recovered');
  const findings: Findings = plan;
  const held = await HeldRecording.open(shop, recording, findings);
  if (!(await held.renew()))
    context.logger.warn({ session_id: recording._id }, 'lost the recording while recovering');
  return held;
}
