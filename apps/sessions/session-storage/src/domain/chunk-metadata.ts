import { ChunkMetadata } from '@lucid/contracts';
import { Compile } from 'typebox/compile';
import { errors } from '../errors.ts';

const compiled = Compile(ChunkMetadata);

/** @throws 7204 when the header is not base64url JSON of the contract's shape */
export function parseChunkMetadata(header: string): ChunkMetadata {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
  } catch (cause) {
    throw errors.METADATA_INVALID({ cause });
  }
  if (!compiled.Check(value)) throw errors.METADATA_INVALID();
  return value;
}
