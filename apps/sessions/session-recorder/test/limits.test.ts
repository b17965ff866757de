import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { autoStop } from '../src/domain/auto-stop.ts';
import { captureArguments, chooseEncoder } from '../src/domain/capture-command.ts';
import { mayTakeOver } from '../src/domain/ownership.ts';
import { UploadRate } from '../src/domain/upload-rate.ts';

describe('a recording ends by itself', () => {
  const limits = { maxDurationMs: 86_400_000, idleMs: 7_200_000 };
  const at = (given: object) =>
    autoStop({ status: 'recording', ageMs: 1000, silentMs: 1000, isBeyondSize: false, ...given }, limits);

  it.each([
    ['never while all is well', {}, undefined],
    ['when more than its largest size was sent', { isBeyondSize: true }, 'max_size'],
    ['after a day', { ageMs: 86_400_000 }, 'max_duration'],
    ['after a day although it is paused', { status: 'paused', ageMs: 86_400_000 }, 'max_duration'],
    ['after two hours without a byte', { silentMs: 7_200_000 }, 'idle'],
    ['not for silence while it is paused', { status: 'paused', silentMs: 7_200_000 }, undefined],
    ['not a second time', { status: 'stopping', ageMs: 86_400_000 }, undefined],
    ['not when it has failed', { status: 'failed', isBeyondSize: true }, undefined],
  ])('%s', (_what, given, reason) => {
    expect(at(given)).toBe(reason);
  });

  it('never for silence where that is turned off', () => {
    const progress = { status: 'recording', ageMs: 1, silentMs: 1e12, isBeyondSize: false };
    expect(autoStop(progress, { maxDurationMs: 10, idleMs: 0 })).toBeUndefined();
  });
});

describe('the upload rate', () => {
  it('is kept over any stretch of time, up to a second’s worth at once', () => {
    const pieces = fc.array(fc.integer({ min: 1, max: 3_000_000 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(pieces, (sizes) => {
        const rate = new UploadRate(10_000_000);
        let nowMs = 5000;
        let sentBytes = 0;
        for (const size of sizes) {
          nowMs += rate.pauseAfterMs(size, nowMs);
          sentBytes += size;
          expect(sentBytes).toBeLessThanOrEqual(10_000_000 * (1 + (nowMs - 5000) / 1000) + 1);
        }
      }),
    );
  });

  it('makes 30 MB take two seconds after the first, and nothing wait where it is turned off', () => {
    const rate = new UploadRate(10_000_000);
    let nowMs = 0;
    for (let piece = 0; piece < 30; piece++) nowMs += rate.pauseAfterMs(1_000_000, nowMs);
    expect(nowMs).toBeCloseTo(2000, 3);
    expect(new UploadRate(0).pauseAfterMs(1e9, 0)).toBe(0);
  });
});

describe('taking over', () => {
  const lost = { durableOffset: 10, storedOffset: 5, leaseExpiredForMs: 400_000 };

  it('waits for the owner where nobody may send the lost bytes again, and a pause always does', () => {
    expect(
      (['client', 'chunk', 'stop', 'control'] as const).map((who) => mayTakeOver(who, lost, 300_000)),
    ).toEqual([true, true, true, false]);
    const soon = { ...lost, leaseExpiredForMs: 1000 };
    expect(
      (['client', 'chunk', 'stop', 'control'] as const).map((who) => mayTakeOver(who, soon, 300_000)),
    ).toEqual([true, false, false, false]);
    const nothing = { ...soon, durableOffset: 5 };
    expect(mayTakeOver('control', nothing, 300_000)).toBe(true);
  });
});

describe('the capture', () => {
  const settings = {
    source: 'x11',
    display: ':10',
    resolution: '1920x1080',
    framesPerSecond: 30,
    bitrate: '2000k',
    audioSource: '',
    encoder: 'libx264',
  } as const;

  it('takes the display at 30 frames, 2000 kbit/s, into Matroska, which survives a crash', () => {
    const text = captureArguments(settings).join(' ');
    expect(text).toContain('-f x11grab -framerate 30 -video_size 1920x1080 -i :10');
    expect(text).toContain('-c:v libx264 -b:v 2000k');
    expect(text).toMatch(/-an .*-f matroska .*pipe:1$/);
  });

  it('takes sound as Opus at 128 kbit/s, 48 kHz, stereo, where there is a source', () => {
    const text = captureArguments({ ...settings, audioSource: 'default' }).join(' ');
    expect(text).toContain('-f pulse -i default');
    expect(text).toContain('-c:a libopus -b:a 128k -ar 48000 -ac 2');
    expect(captureArguments({ ...settings, source: 'testsrc' }).join(' ')).toContain('-c:a libopus');
  });

  it('encodes in hardware only where it is there and wanted', () => {
    expect(chooseEncoder(true, true)).toBe('h264_v4l2m2m');
    expect([chooseEncoder(true, false), chooseEncoder(false, true)]).toEqual(['libx264', 'libx264']);
  });
});
