import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@lucid/testing';
import { expect, it, vi } from 'vitest';
import { testGround } from './support/ground.ts';
import { collect } from './support/processor.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const FFMPEG = '/usr/bin/ffmpeg';
const hasFfmpeg =
  spawnSync(FFMPEG, ['-version']).status === 0 && spawnSync('ffprobe', ['-version']).status === 0;
const hasProc = process.platform === 'linux';
const ground = testGround('capture');

const spawn = (name: string, environment: Record<string, string>) =>
  ground.spawn({
    mongoUri: ground.mongoUri(`capture-${name}`),
    dataDir: join(ground.folder, name),
    environment: {
      SESSION_SOURCE: 'testsrc',
      CAPTURE_RESOLUTION: '320x240',
      LUCID_FPS: '10',
      LUCID_BITRATE: '200k',
      CHUNK_MAX_SECONDS: '2',
      ...environment,
    },
  });

/** Frames of the video that decode, and what the streams are. */
function probe(bytes: Buffer, name: string): { frames: number; codecs: string[] } {
  const path = join(ground.folder, `${name}.mkv`);
  writeFileSync(path, bytes);
  const text = execFileSync('ffprobe', [
    ...['-v', 'error', '-count_frames', '-show_entries', 'stream=codec_name,nb_read_frames'],
    ...['-of', 'json', path],
  ]).toString();
  const { streams } = JSON.parse(text) as { streams: { codec_name: string; nb_read_frames: string }[] };
  execFileSync(FFMPEG, ['-v', 'error', '-xerror', '-i', path, '-f', 'null', '-']); // plays to its end
  return { frames: Number(streams[0]?.nb_read_frames), codecs: streams.map(({ codec_name }) => codec_name) };
}

/** The ffmpeg that is a child of this process, by its parent in /proc. */
function ffmpegOf(parent: number): number | undefined {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => {
      try {
        const isChild =
          readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(parent);
        return isChild && readlinkSync(`/proc/${pid}/exe`).includes('ffmpeg');
      } catch {
        return false; // ended meanwhile
      }
    });
}

it.skipIf(!hasFfmpeg || !hasProc)(
  'a test source is captured through the real path, in segments when ffmpeg dies or pauses, and plays (needs ffmpeg)',
  async () => {
    const recorder = await spawn('played', { FFMPEG_PATH: FFMPEG });
    try {
      const one = ground.clientOf(recorder);
      expect(await one.start()).toMatchObject({ status: 'recording', source: 'testsrc' });
      expect(await one.patch(0, 'x')).toMatchObject({ status: 409, code: 'LUCID_ERR_7116' });
      const grown = (bytes: number) =>
        eventually('it has captured', async () => (await one.get()).durable_offset > bytes, {
          timeoutMs: 30_000,
        });
      await grown(40_000);
      const first = ffmpegOf(recorder.pid);
      if (!first) throw new Error('no ffmpeg');
      process.kill(first, 'SIGKILL');
      const second = await eventually(
        'it is started again',
        async () => {
          const { segments, durable_offset } = await one.get();
          return segments?.length === 2 && segments[1] && durable_offset > segments[1].offset + 20_000;
        },
        { timeoutMs: 30_000 },
      );
      expect(second).toBe(true);
      const paused = await one.pause();
      expect(ffmpegOf(recorder.pid)).toBeUndefined();
      await one.resume();
      await grown(paused.durable_offset + 20_000);
      const stopped = await one.stop();
      expect(stopped).toMatchObject({ status: 'stopped' });
      expect(ffmpegOf(recorder.pid)).toBeUndefined();
      const offsets = (stopped.segments ?? []).map(({ offset }) => offset);
      expect(offsets).toHaveLength(3);
      expect(stopped.chunks_sealed).toBeGreaterThanOrEqual(3);
      const whole = await collect(one, stopped.chunks_sealed);
      expect(whole).toHaveLength(stopped.durable_offset);
      for (const [index, offset] of offsets.entries()) {
        const { frames, codecs } = probe(whole.subarray(offset, offsets[index + 1]), `segment-${index}`);
        expect(codecs).toEqual(['h264', 'opus']);
        expect(frames).toBeGreaterThan(5);
      }
      const text = await (await fetch(`http://${recorder.address}/metrics`)).text();
      expect(text).toMatch(/recorder_capture_restarts_total\S* 1/);
    } finally {
      await recorder.stop();
    }
  },
);

it.skipIf(!hasFfmpeg || !hasProc)(
  'a capture goes on in a new segment after the recorder was killed (needs ffmpeg)',
  async () => {
    const recorder = await spawn('killed', { FFMPEG_PATH: FFMPEG });
    const one = ground.clientOf(recorder);
    await one.start();
    await eventually('it has captured', async () => (await one.get()).durable_offset > 20_000, {
      timeoutMs: 30_000,
    });
    await recorder.kill();
    const next = await spawn('killed', { FFMPEG_PATH: FFMPEG });
    try {
      one.address = next.address;
      await eventually(
        'it captures again',
        async () => {
          const { segments, durable_offset } = await one.get();
          return segments?.length === 2 && durable_offset > (segments[1]?.offset ?? 0) + 20_000;
        },
        { timeoutMs: 30_000 },
      );
      const stopped = await one.stop();
      const whole = await collect(one, stopped.chunks_sealed);
      const begin = stopped.segments?.[1]?.offset ?? 0;
      expect(probe(whole.subarray(begin), 'after').frames).toBeGreaterThan(5);
      expect(probe(whole.subarray(0, begin), 'before').frames).toBeGreaterThan(2);
    } finally {
      await next.stop();
    }
  },
);

it('a recorder without ffmpeg says so at the start of a recording, and is ready all the same', async () => {
  const recorder = await spawn('missing', { FFMPEG_PATH: '/nowhere/ffmpeg' });
  try {
    const one = ground.clientOf(recorder);
    await expect(one.start()).rejects.toThrow(/501.*LUCID_ERR_7125/);
    expect((await one.asPipeline('GET', `/recordings/${one.sessionId}`)).status).toBe(404);
    expect((await fetch(`http://${recorder.address}/health/ready`)).status).toBe(200);
  } finally {
    await recorder.stop();
  }
});

it('a capture that never brings a byte fails its recording, with the program’s last words', async () => {
  const program = join(ground.folder, 'broken-program');
  writeFileSync(program, '#!/bin/sh\necho "no such display" >&2\nexit 1\n', { mode: 0o755 });
  const recorder = await spawn('broken', { FFMPEG_PATH: program });
  try {
    const one = ground.clientOf(recorder);
    await one.start();
    const failed = await eventually(
      'it is given up',
      async () => {
        const recording = await one.get();
        return recording.error ? recording : undefined;
      },
      { timeoutMs: 60_000 },
    );
    expect(failed).toMatchObject({ status: 'failed', error: expect.stringContaining('no such display') });
  } finally {
    await recorder.stop();
  }
});
