import type { Readable } from 'node:stream';
import { commonErrors, type ErrorFactory, ServiceError } from '@lucid/errors';
import { errors } from '../errors.ts';
import { HeldRecording } from './held-recording.ts';
import { discard } from './pump.ts';
import type { Recorder } from './recorder.ts';
import type { Interruption, UploadOutcome } from './upload-outcome.ts';
import type { Workshop } from './workshop.ts';

/** What a client is told about its upload. */
export interface UploadOffsets {
  durable: number;
  stored: number;
}

export interface Upload {
  sessionId: string;
  userId: string;
  offset: number;
  /** The client has no more: whatever came is cut into a chunk now, so that it gets into storage while the client still has it. */
  isLast: boolean;
  bytes: Readable;
}

const INTERRUPTED: Record<Interruption, ErrorFactory> = {
  stop: errors.NOT_RECORDING,
  pause: errors.RECORDING_PAUSED,
  idle: errors.UPLOAD_IDLE,
  draining: commonErrors.UNAVAILABLE,
  fenced: errors.OWNER_AWAY,
};

export const offsetHeaders = ({ durable, stored }: UploadOffsets): Record<string, string> => ({
  'upload-offset': String(durable),
  'upload-stored-offset': String(stored),
  'cache-control': 'no-store',
});

/** Appends one request body. @returns the offsets when all of it is durable; every refusal carries them too */
export async function receiveUpload(
  shop: Workshop,
  recorder: Recorder,
  upload: Upload,
): Promise<UploadOffsets> {
  let held: HeldRecording | undefined;
  try {
    const found = await recorder.own(upload.sessionId, 'client', upload.userId);
    if (!(found instanceof HeldRecording))
      throw errors.NOT_RECORDING({
        details: { status: found.status },
        headers: offsetHeaders({ durable: found.durable_offset, stored: found.stored_offset }),
      });
    held = found;
    const outcome = await held.append(upload.bytes, upload.offset);
    shop.instruments.recorder_uploads_total.inc({ outcome: labelOf(outcome) });
    const problem = problemOf(outcome);
    if (problem) throw problem;
    if (upload.isLast) await held.seal();
    return { durable: held.durableOffset, stored: await held.record.storedOffset() };
  } catch (error) {
    await discard(upload.bytes, (durationMs) => shop.context.clock.sleep(durationMs));
    if (!held || !(error instanceof ServiceError) || error.status === 404) throw error;
    const headers = offsetHeaders({
      durable: held.durableOffset,
      stored: await held.record.storedOffset(),
    });
    throw withHeaders(error, headers);
  }
}

function problemOf(outcome: UploadOutcome): ServiceError | undefined {
  switch (outcome.kind) {
    case 'ended':
      return undefined;
    case 'broken':
      return errors.UPLOAD_BROKEN();
    case 'interrupted':
      return INTERRUPTED[outcome.reason as Interruption]();
    case 'failed':
      return outcome.error instanceof ServiceError ? outcome.error : commonErrors.INTERNAL();
    case 'disk':
      return outcome.reason === 'disk_full' ? errors.DISK_FULL() : errors.DISK_FAILED();
  }
}

function labelOf(outcome: UploadOutcome): string {
  if (outcome.kind === 'interrupted') return String(outcome.reason);
  if (outcome.kind === 'disk') return outcome.reason;
  return outcome.kind === 'failed' ? 'size_limit' : outcome.kind;
}

function withHeaders(error: ServiceError, headers: Record<string, string>): ServiceError {
  const { key, code, status, fault, retry, message, details, cause } = error;
  return new ServiceError({
    key,
    code,
    status,
    fault,
    retry,
    message,
    details,
    cause,
    headers: { ...error.headers, ...headers },
  });
}
