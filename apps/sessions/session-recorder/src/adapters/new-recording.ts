// What a start asks for, and what is kept of it.
import { isoTime } from '@lucid/clock';
import { type BodyOf, MIB, type sessionRecorder } from '@lucid/contracts';
import { commonErrors } from '@lucid/errors';
import type { Settings } from '../config.ts';
import { isSameKey } from '../domain/sealing-key.ts';
import { NOTHING_STORED } from '../domain/stored-prefix.ts';
import { errors } from '../errors.ts';
import { type RecordingDocument, storedFields } from './documents.ts';
import { mayAccess } from './may-access.ts';
import type { Workshop } from './workshop.ts';

export type StartRequest = BodyOf<(typeof sessionRecorder)['endpoints']['startRecording']>;

/** As it is before its first byte, owned by this instance. */
export function newRecording({ context, settings }: Workshop, request: StartRequest): RecordingDocument {
  const { SESSION_SOURCE: source } = settings;
  return {
    _id: request.session_id,
    owner_id: request.owner_id,
    status: 'starting',
    chunk_size_bytes: Math.min(request.chunk_size_bytes, settings.CHUNK_SIZE_MB * MIB),
    max_size_bytes: request.max_size_bytes,
    compression_enabled: request.compression_enabled,
    sealing_key: request.sealing_key,
    owner: { instance_id: context.instanceId, address: context.advertisedAddress },
    lease_expires_at_ms: context.clock.nowMs() + settings.OWNER_LEASE_SECONDS * 1000,
    epoch: 1,
    durable_offset: 0,
    ...storedFields(NOTHING_STORED),
    planned_ends: [],
    ...(source === 'stream' ? {} : { source }),
    started_at: isoTime(context.clock),
  };
}

/** The same start once more. @throws 409 when somebody else’s session, or another key, has this id */
export function sameAs(known: RecordingDocument, request: StartRequest): RecordingDocument {
  const isSame = known.owner_id === request.owner_id && isSameKey(known.sealing_key, request.sealing_key);
  if (!isSame) throw commonErrors.ALREADY_EXISTS();
  return known;
}

/** @throws 7125 where the recorder is to capture and has no ffmpeg */
export async function mustBeAbleToCapture({ SESSION_SOURCE, FFMPEG_PATH }: Settings): Promise<void> {
  if (SESSION_SOURCE === 'stream' || (await mayAccess(FFMPEG_PATH, 'run'))) return;
  throw errors.CAPTURE_MISSING({ details: { source: SESSION_SOURCE, ffmpeg_path: FFMPEG_PATH } });
}
