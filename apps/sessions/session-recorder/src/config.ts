import {
  baseVariables,
  type ConfigOf,
  defineConfig,
  flag,
  integer,
  meshVariables,
  mongoVariables,
  oneOf,
  plaintextVariables,
  text,
} from '@lucid/config';

export const config = defineConfig('lucid-session-recorder', {
  ...baseVariables('lucid-session-recorder', 8084),
  ...meshVariables(),
  ...plaintextVariables(),
  ...mongoVariables(),
  DATA_DIR: text({ doc: 'Folder of the plaintext that is not in storage yet.', default: '/data/sessions' }),
  CHUNK_SIZE_MB: integer({
    doc: 'Largest chunk in MiB; a session may ask for smaller ones.',
    default: 10,
    min: 1,
    max: 10,
  }),
  CHUNK_MAX_SECONDS: integer({
    doc: 'A chunk is cut after this time, however small.',
    default: 300,
    min: 1,
    max: 86_400,
  }),
  CHUNK_MAX_ATTEMPTS: integer({
    doc: 'Failed attempts after which a chunk is quarantined.',
    default: 3,
    min: 1,
    max: 100,
  }),
  MAX_CONCURRENT_RECORDINGS: integer({
    doc: 'Recordings this instance takes at once, paused ones included; a start beyond is answered 503 and goes elsewhere.',
    default: 10,
    min: 1,
    max: 10_000,
  }),
  UPLOAD_IDLE_SECONDS: integer({
    doc: 'An upload that sends nothing for this long is ended, so that the client can come back.',
    default: 60,
    min: 1,
    max: 3600,
  }),
  MAX_RECORDING_SECONDS: integer({
    doc: 'A recording is stopped this long after its start, pauses included.',
    default: 86_400,
    min: 1,
    max: 604_800,
  }),
  RECORDING_IDLE_SECONDS: integer({
    doc: 'A recording that is not paused and gets no byte for this long is stopped; 0: never.',
    default: 7200,
    min: 0,
    max: 604_800,
  }),
  UPLOAD_MB_PER_SECOND: integer({
    doc: 'How fast the bytes of one session are taken, in MB (10^6 bytes); 0: as they come. The platform promises its users 10.',
    default: 0,
    min: 0,
    max: 10_000,
  }),
  CHUNK_WINDOW: integer({
    doc: 'How far ahead of the first missing one a client-cut chunk may be; what is ahead waits on the disk.',
    default: 64,
    min: 1,
    max: 1024,
  }),
  CHUNK_GAP_SECONDS: integer({
    doc: 'After a stop, missing client-cut chunks are still taken for this long; then the recording fails.',
    default: 30,
    min: 0,
    max: 3600,
  }),
  SESSION_SOURCE: oneOf(['stream', 'testsrc', 'x11'], {
    doc: 'Where bytes come from. `stream`: clients send them. `testsrc`, `x11`: the recorder captures by itself, with ffmpeg.',
    default: 'stream',
  }),
  FFMPEG_PATH: text({ doc: 'The program that captures.', default: '/usr/bin/ffmpeg' }),
  CAPTURE_DISPLAY: text({ doc: 'X11 display that is captured.', default: ':10' }),
  CAPTURE_RESOLUTION: text({
    doc: 'Width and height of a capture.',
    pattern: /^[1-9]\d{1,3}x[1-9]\d{1,3}$/,
    default: '1920x1080',
  }),
  CAPTURE_AUDIO_SOURCE: text({
    doc: 'PulseAudio source of an x11 capture; empty: no sound.',
    default: '',
  }),
  CAPTURE_XAUTHORITY: text({
    doc: 'File with the cookie of the X11 display; empty: none is needed.',
    default: '',
  }),
  LUCID_FPS: integer({ doc: 'Frames per second of a capture.', default: 30, min: 1, max: 120 }),
  LUCID_BITRATE: text({
    doc: 'Bit rate of the video of a capture, as ffmpeg reads it.',
    pattern: /^[1-9]\d*[kM]?$/,
    default: '2000k',
  }),
  LUCID_HARDWARE_ACCELERATION: flag({
    doc: 'Encode in hardware (V4L2) where the machine can; otherwise, and elsewhere, x264.',
    default: true,
  }),
  OWNER_LEASE_SECONDS: integer({
    doc: 'A recorder that does not renew for this long may lose its recordings to another.',
    default: 30,
    min: 1,
    max: 600,
  }),
  OWNER_GRACE_SECONDS: integer({
    doc: 'How long a stop waits for a dead owner that holds acknowledged bytes, before the rest is given up.',
    default: 300,
    min: 0,
    max: 86_400,
  }),
  ORPHAN_RETENTION_HOURS: integer({
    doc: 'Files of recordings that another recorder has taken over are kept this long.',
    default: 168,
    min: 0,
    max: 8760,
  }),
});

export type Settings = ConfigOf<typeof config>;
