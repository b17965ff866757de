/** What is captured, and how it is encoded. */
export interface CaptureSettings {
  source: 'testsrc' | 'x11';
  /** X11 display, for one `:10`. */
  display: string;
  /** `1920x1080`. */
  resolution: string;
  framesPerSecond: number;
  /** As ffmpeg reads it, for one `2000k`. */
  bitrate: string;
  /** PulseAudio source of an x11 capture; empty: no sound. */
  audioSource: string;
  encoder: Encoder;
}

export type Encoder = 'h264_v4l2m2m' | 'libx264';

/** The hardware encoder where there is one and it is wanted. */
export const chooseEncoder = (isHardwareWanted: boolean, hasDevice: boolean): Encoder =>
  isHardwareWanted && hasDevice ? 'h264_v4l2m2m' : 'libx264';

/** A keyframe and a cluster at least this often: what a crash cuts off, at most. */
const KEYFRAME_SECONDS = 2;

/**
 * Arguments of an ffmpeg that writes Matroska to its standard output: it can be cut anywhere and survives a crash, which a
 * plain MP4 does not. H.264, and Opus at 128 kbit/s, 48 kHz, stereo.
 */
export function captureArguments(settings: CaptureSettings): string[] {
  const { framesPerSecond, bitrate, encoder } = settings;
  const gop = String(framesPerSecond * KEYFRAME_SECONDS);
  const hasAudio = settings.source === 'testsrc' || settings.audioSource !== '';
  return [
    ...['-hide_banner', '-loglevel', 'error', '-nostats', '-nostdin'],
    ...inputs(settings),
    ...['-c:v', encoder, '-b:v', bitrate, '-g', gop, '-pix_fmt', 'yuv420p'],
    ...(encoder === 'libx264' ? ['-preset', 'veryfast', '-tune', 'zerolatency'] : []),
    ...(hasAudio ? ['-c:a', 'libopus', '-b:a', '128k', '-ar', '48000', '-ac', '2'] : ['-an']),
    ...['-f', 'matroska', '-live', '1', '-cluster_time_limit', '1000', '-flush_packets', '1', 'pipe:1'],
  ];
}

function inputs({ source, display, resolution, framesPerSecond, audioSource }: CaptureSettings): string[] {
  const rate = String(framesPerSecond);
  if (source === 'testsrc')
    return [
      ...['-re', '-f', 'lavfi', '-i', `testsrc2=size=${resolution}:rate=${rate}`],
      ...['-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'],
    ];
  return [
    ...['-f', 'x11grab', '-framerate', rate, '-video_size', resolution, '-i', display],
    ...(audioSource === '' ? [] : ['-f', 'pulse', '-i', audioSource]),
  ];
}
