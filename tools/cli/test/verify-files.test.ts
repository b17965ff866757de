import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aProofBundle } from '@lucid/proof/testing';
import { temporaryFolder } from '@lucid/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { story } from '../src/commands/verify.ts';
import { RECORDING_DIFFERS, verifyFiles } from '../src/verify-files.ts';

const folder = temporaryFolder('cli-verify');
const fixture = aProofBundle();
const bundle = join(folder.path, 'bundle.json');
const recording = join(folder.path, 'desktop.mkv');
const chunks: string[] = [];

beforeAll(() => {
  writeFileSync(bundle, JSON.stringify(fixture.bundle));
  writeFileSync(recording, Buffer.concat([...fixture.plaintexts.values()]));
  for (const [number, file] of fixture.chunkFiles) {
    const path = join(folder.path, `${String(number).padStart(6, '0')}.bin`);
    writeFileSync(path, file);
    chunks.push(path);
  }
});
afterAll(() => folder.remove());

describe('verifying files', () => {
  it('holds chunk files and the recording against the proof', async () => {
    const verification = await verifyFiles(bundle, [...chunks, recording], fixture.genesisHash);
    expect(verification).toMatchObject({
      exitCode: 0,
      report: { ok: true, complete: true },
      recording: { ok: true },
    });
    expect(story(verification, fixture.genesisHash)).toMatch(/verified$/);
  });

  it('says so when no chain is pinned', async () => {
    expect(story(await verifyFiles(bundle, [], undefined), undefined)).toContain('no chain is pinned');
  });

  it('refuses another chain, a missing chunk and another recording, each with its own code', async () => {
    expect((await verifyFiles(bundle, chunks, '0'.repeat(64))).exitCode).toBe(21);
    expect((await verifyFiles(bundle, chunks.slice(1), undefined)).exitCode).toBe(12);
    const other = join(folder.path, 'other.mkv');
    writeFileSync(other, readFileSync(recording).subarray(1));
    const differs = await verifyFiles(bundle, [other], undefined);
    expect(differs.exitCode).toBe(RECORDING_DIFFERS);
    expect(story(differs, undefined)).toMatch(/refused at recording$/);
  });

  it('tells a missing file in one line with its own code', async () => {
    await expect(verifyFiles(join(folder.path, 'absent'), [], undefined)).rejects.toMatchObject({
      exitCode: 2,
    });
    await expect(verifyFiles(bundle, [recording, bundle], undefined)).rejects.toThrow(
      'at most one recording',
    );
  });
});
