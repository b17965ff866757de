import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyPlainRecording } from '../src/index.ts';
import { aProofBundle } from '../src/testing.ts';

const { bundle, plaintexts } = aProofBundle();
const recording = Buffer.concat([...plaintexts.values()]);

function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const bounds = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return bounds.slice(1).map((end, i) => bytes.subarray(bounds[i], end));
}

describe('a decrypted recording', () => {
  it('is recognised however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(recording.length), { maxLength: 30 }), async (cuts) => {
        expect(await verifyPlainRecording(bundle.manifest, pieces(recording, cuts))).toEqual({
          status: 'passed',
          ok: true,
          detail: 'all 3 chunks decode to what was recorded',
          sha256: createHash('sha256').update(recording).digest('hex'),
          size_bytes: recording.length,
        });
      }),
    );
  });

  it('is refused with any byte changed, and the chunk is named', async () => {
    const changed = Buffer.from(recording);
    changed[4500] = (changed[4500] ?? 0) ^ 1;
    expect(await verifyPlainRecording(bundle.manifest, [changed])).toMatchObject({
      ok: false,
      detail: 'chunk 2 decodes to something else',
    });
  });

  it('is refused when it is too short, too long, or empty', async () => {
    const detailOf = async (bytes: Buffer) => (await verifyPlainRecording(bundle.manifest, [bytes])).detail;
    expect(await detailOf(recording.subarray(0, -1))).toBe('it ends 1 bytes before the end of chunk 3');
    expect(await detailOf(Buffer.concat([recording, Buffer.alloc(1)]))).toBe(
      'there are bytes after the last chunk',
    );
    expect(await detailOf(Buffer.alloc(0))).toBe('it ends 4000 bytes before the end of chunk 1');
  });

  it('is not checked by a manifest without plain hashes', async () => {
    const chunks = bundle.manifest.chunks.map(({ plain_hash: _, ...chunk }) => chunk);
    const report = await verifyPlainRecording({ ...bundle.manifest, chunks }, [recording]);
    expect(report).toMatchObject({ status: 'not_checked', ok: false, size_bytes: 12000 });
  });
});
