import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseChunkMetadata } from '../src/domain/chunk-metadata.ts';
import { encoded, METADATA } from './support/storage.ts';

it('metadata survives its way through a header', () => {
  expect(parseChunkMetadata(encoded(METADATA))).toEqual(METADATA);
});

it('anything else in the header is refused with 7204, never thrown about', () => {
  const refused = expect.objectContaining({ status: 400, code: 7204 });
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.json().map(encoded)), (header) => {
      expect(() => parseChunkMetadata(header)).toThrow(refused);
    }),
  );
  for (const wrong of [
    { plain_size: -1 },
    { plain_size: '5' },
    { plain_hash: 'ab' },
    { compression: { algorithm: 'gzip', level: 3, ratio: 1 } },
    { encryption: { algorithm: 'none' } },
    { more: 1 },
  ])
    expect(() => parseChunkMetadata(encoded({ ...METADATA, ...wrong }))).toThrow(refused);
});
