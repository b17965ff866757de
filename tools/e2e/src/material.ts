import { createCipheriv, createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { sessionLikeBytes } from '@lucid/chunk-codec/testing';

export const MIB = 1024 * 1024;

/** Seeded bytes that no codec can shrink. */
export function noise(sizeBytes: number, seed: number): Buffer {
  const key = createHash('sha256').update(`noise ${seed}`).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(sizeBytes));
}

/** Parts that shrink well and parts that do not shrink at all, in turn; the same for the same seed. */
export function mixedBytes(sizeBytes: number, seed: number): Buffer {
  const parts: Buffer[] = [];
  for (let offset = 0; offset < sizeBytes; offset += MIB) {
    const length = Math.min(MIB, sizeBytes - offset);
    const at = offset / MIB;
    parts.push(at % 3 === 0 ? sessionLikeBytes(length, seed + at, 0.1) : noise(length, seed + at));
  }
  return Buffer.concat(parts);
}

/** A file, and what is known of it once its bytes are forgotten. */
export interface MaterialFile {
  path: string;
  sizeBytes: number;
  sha256: string;
}

export interface Material extends MaterialFile {
  bytes: Buffer;
}

export async function writeMaterial(path: string, bytes: Buffer): Promise<Material> {
  await writeFile(path, bytes);
  return { path, bytes, sizeBytes: bytes.length, sha256: sha256Of(bytes) };
}

/** The same for many large files: their bytes are not kept. */
export async function writeMaterialFile(path: string, bytes: Buffer): Promise<MaterialFile> {
  const { sizeBytes, sha256 } = await writeMaterial(path, bytes);
  return { path, sizeBytes, sha256 };
}

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path, { highWaterMark: MIB })) hash.update(part as Buffer);
  return hash.digest('hex');
}

/** Flips the lowest bit of one byte, in place. Doing it again undoes it. */
export async function flipBit(path: string, offset: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, offset);
    byte[0] = (byte[0] ?? 0) ^ 1;
    await file.write(byte, 0, 1, offset);
  } finally {
    await file.close();
  }
}
