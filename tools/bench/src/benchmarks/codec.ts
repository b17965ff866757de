import { createCipheriv, hash, randomBytes } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { constants, zstdCompressSync } from 'node:zlib';
import { encapsulate, encodeChunk, encodeChunkAsync, publicKeyOf, recipientFrom } from '@lucid/chunk-codec';
import { sessionLikeBytes } from '@lucid/chunk-codec/testing';
import type { Benchmark } from '../benchmark.ts';
import { type FigureInput, figure } from '../measure/figure.ts';
import { inRounds, perCpuSecond, perSecond } from '../measure/rounds.ts';
import { ratiosOf } from '../measure/statistics.ts';
import type { Timed } from '../measure/timed.ts';

const MIB = 1024 * 1024;
const CHUNK_BYTES = 10 * MIB;
const PIECE_BYTES = 256 * 1024;
/** As the process engine starts services: otherwise every few buffers cost a collection of the whole heap. */
const FLAGS_OF_SERVICES = '--external-memory-accounted-in-global-limit --heap-growing-percent=300';
const MIB_PER_SECOND = 'MiB/s of plaintext';
const BAR = { word: 'bar', atLeast: 600 } as const;

export const codec: Benchmark = {
  name: 'codec',
  summary:
    'compress + encrypt + hash of 10 MiB session-like chunks on one thread, beside each of the three alone',
  async run({ quick, note, say }) {
    setFlagsFromString(FLAGS_OF_SERVICES);
    note(`with ${FLAGS_OF_SERVICES}, as services are started; yardsticks too`);
    const count = quick ? 2 : 8;
    const chunks = Array.from({ length: count }, (_, at) => sessionLikeBytes(CHUNK_BYTES, at + 1));
    const hashes = chunks.map((chunk) => hash('sha256', chunk, 'hex'));
    const recipient = recipientFrom(publicKeyOf(randomBytes(32)));
    const common = { sessionId: 'bench', recipient, encapsulate, keyId: 'bench' };
    const keyAlone = randomBytes(32);
    const outputBuffer = Buffer.allocUnsafeSlow(CHUNK_BYTES + 1024);
    const inputOf = (at: number, isHashed: boolean) => ({
      ...common,
      plaintext: chunks[at] ?? Buffer.alloc(1),
      sequenceNumber: at + 1,
      outputBuffer,
      ...(isHashed ? { knownPlainHash: hashes[at] ?? '' } : {}),
    });
    const ratios = chunks.map((_, at) => encodeChunk(inputOf(at, true)).compression.ratio);
    const shrunk = ratios.reduce((sum, ratio) => sum + ratio, 0) / count;
    note(
      `zstd level 3 leaves ${(100 * shrunk).toFixed(0)} % of these bytes; AES-GCM and SHA-256 see only those`,
    );
    say(`${count} chunks a round`);

    const each = (work: (chunk: Buffer) => unknown) => () => {
      for (const chunk of chunks) work(chunk);
    };
    const measured = await inRounds(quick ? 3 : 9, {
      known: () => {
        for (const at of chunks.keys()) encodeChunk(inputOf(at, true));
      },
      computed: () => {
        for (const at of chunks.keys()) encodeChunk(inputOf(at, false));
      },
      pooled: async () => {
        for (const at of chunks.keys()) await encodeChunkAsync(inputOf(at, true));
      },
      zstd: each((chunk) => zstdCompressSync(chunk, ZSTD)),
      gcm: each((chunk) => encryptAlone(chunk, keyAlone)),
      sha: each((chunk) => hash('sha256', chunk, 'hex')),
    });
    const mebibytes = (count * CHUNK_BYTES) / MIB;
    const parts = measured.zstd.map((zstd, round) => {
      const [gcm, sha] = [measured.gcm[round]?.cpuSeconds ?? 0, measured.sha[round]?.cpuSeconds ?? 0];
      return zstd.cpuSeconds + shrunk * (gcm + sha);
    });
    const whole = measured.known.map(({ cpuSeconds }) => cpuSeconds);
    const speed = (name: string, of: readonly Timed[], more: Partial<FigureInput> = {}) =>
      figure({ name, unit: MIB_PER_SECOND, values: perSecond(mebibytes, of), ...more });
    return [
      speed('encodeChunk, plain hash known', measured.known, { target: BAR }),
      figure({
        name: 'the same per second of CPU time',
        unit: MIB_PER_SECOND,
        values: perCpuSecond(mebibytes, measured.known),
        target: BAR,
      }),
      speed('encodeChunk, plain hash computed', measured.computed),
      speed('encodeChunkAsync, plain hash known', measured.pooled),
      speed('zstd -3 alone', measured.zstd, { kind: 'yardstick' }),
      speed('AES-256-GCM alone', measured.gcm, { kind: 'yardstick' }),
      speed('SHA-256 alone', measured.sha, { kind: 'yardstick' }),
      figure({
        name: 'the three one after the other, per second of CPU time',
        unit: MIB_PER_SECOND,
        kind: 'yardstick',
        values: parts.map((cpuSeconds) => mebibytes / cpuSeconds),
      }),
      figure({
        name: 'CPU of encodeChunk / CPU of its three parts alone',
        unit: '×',
        kind: 'ratio',
        values: ratiosOf(whole, parts),
      }),
    ];
  },
};

/** Plain level 3: what anybody would call. */
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 3 }, chunkSize: MIB };

function encryptAlone(chunk: Buffer, key: Buffer): void {
  const cipher = createCipheriv('aes-256-gcm', key, randomBytes(12));
  for (let from = 0; from < chunk.length; from += PIECE_BYTES)
    cipher.update(chunk.subarray(from, from + PIECE_BYTES));
  cipher.final();
}
