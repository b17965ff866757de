import { isoTime } from '@lucid/clock';
import { captureArguments, chooseEncoder } from '../domain/capture-command.ts';
import { Capture } from './capture.ts';
import { mayAccess } from './may-access.ts';
import type { RecordingRecord } from './recording-record.ts';
import type { SessionWriter } from './session-writer.ts';
import type { Workshop } from './workshop.ts';

/** The H.264 encoder of the boards that have one. */
const HARDWARE_ENCODER = '/dev/video11';

/**
 * Begins to capture into a recording, each run of ffmpeg as a new segment with chunks of its own.
 * @param source what the recording was started with, whatever this instance is configured for now
 */
export async function startCapture(
  shop: Workshop,
  source: 'testsrc' | 'x11',
  { record, writer }: { record: RecordingRecord; writer: SessionWriter },
): Promise<Capture> {
  const { settings, context, instruments } = shop;
  const { clock, logger } = context;
  const segments = [...(record.document.segments ?? [])];
  const beforeRun = async () => {
    await writer.seal();
    if (writer.status !== 'recording' || writer.isBeyondSize) return false;
    const segment = { offset: writer.durableOffset, started_at: isoTime(clock) };
    if (segments.at(-1)?.offset === segment.offset) segments.pop(); // the run before has left nothing
    segments.push(segment);
    await record.keep({ segments: [...segments] }).catch((error: unknown) => {
      logger.warn({ reason: String(error) }, 'the segment is noted with the next one');
    });
    return true;
  };
  const capture = new Capture({
    program: settings.FFMPEG_PATH,
    args: captureArguments({
      source,
      display: settings.CAPTURE_DISPLAY,
      resolution: settings.CAPTURE_RESOLUTION,
      framesPerSecond: settings.LUCID_FPS,
      bitrate: settings.LUCID_BITRATE,
      audioSource: settings.CAPTURE_AUDIO_SOURCE,
      encoder: chooseEncoder(
        settings.LUCID_HARDWARE_ACCELERATION,
        await mayAccess(HARDWARE_ENCODER, 'write'),
      ),
    }),
    environment: settings.CAPTURE_XAUTHORITY ? { XAUTHORITY: settings.CAPTURE_XAUTHORITY } : {},
    clock,
    logger,
    beforeRun,
    write: (bytes) => writer.append(bytes, writer.durableOffset),
    onRestart: () => instruments.recorder_capture_restarts_total.inc(),
    onGivenUp: (reason) => writer.giveUp(reason),
  });
  capture.start();
  return capture;
}
