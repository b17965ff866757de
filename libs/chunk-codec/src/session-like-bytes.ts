// Seeded bytes that look like a recorded remote-desktop session, for tests and benchmarks of the codec.

/** Size of the remembered tiles and of the noise pool; both are powers of two so that masks replace divisions. */
const TILE_BYTES = 4096;
const TILE_COUNT = 32;

/**
 * `size` bytes of a synthetic session, the same for the same seed.
 *
 * The stream is a row of frames as a recorder sees them: a small header, then rectangles that are a solid fill, a tile
 * shown before with a few pixels changed (windows, text), or the payload of a video codec (incompressible).
 *
 * @param videoShare share of the bytes that is incompressible codec payload, 0 to 1. @default 0.5
 */
export function sessionLikeBytes(size: number, seed: number, videoShare = 0.5): Buffer {
  const out = Buffer.allocUnsafe(size);
  const next = xorshift32(seed);
  const tiles = Array.from({ length: TILE_COUNT }, () => glyphTile(next));
  let offset = 0;
  let videoBytes = 0;
  for (let frame = 0; offset < size; frame++) {
    offset += header(frame, offset).copy(out, offset);
    for (let rect = 0; rect < 8 && offset < size; rect++) {
      const length = Math.min(TILE_BYTES, size - offset);
      if (videoBytes < videoShare * offset) {
        videoBytes += writeNoise(out, offset, length, next);
      } else if (next() % 4 === 0) {
        out.fill(next() & 0xff, offset, offset + length);
      } else {
        const tile = tiles[next() % TILE_COUNT] ?? Buffer.alloc(TILE_BYTES);
        for (let i = 0; i < 16; i++) tile[next() % TILE_BYTES] = next() & 0xff;
        tile.copy(out, offset, 0, length);
      }
      offset += length;
    }
  }
  return out;
}

/** A seeded source of 32-bit unsigned integers (Marsaglia's xorshift32). Not for secrets. */
function xorshift32(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

function glyphTile(next: () => number): Buffer {
  const palette = [0xff, 0xff, 0xff, 0x00, next() & 0xff];
  const glyphs = Array.from({ length: 16 }, () =>
    Buffer.from(Array.from({ length: 16 }, () => palette[next() % palette.length] ?? 0)),
  );
  const tile = Buffer.alloc(TILE_BYTES);
  for (let at = 0; at < TILE_BYTES; at += 16) glyphs[next() % glyphs.length]?.copy(tile, at);
  return tile;
}

function header(frame: number, offset: number): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.write('LFRM', 0, 'latin1');
  bytes.writeUInt32BE(frame, 4);
  bytes.writeBigUInt64BE(BigInt(frame) * 33_333n, 8);
  bytes.writeBigUInt64BE(BigInt(offset), 16);
  return bytes;
}

function writeNoise(out: Buffer, offset: number, length: number, next: () => number): number {
  const end = offset + length;
  let at = offset;
  for (; at + 4 <= end; at += 4) out.writeUInt32LE(next(), at);
  for (; at < end; at++) out[at] = next() & 0xff;
  return length;
}
