import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Checkpoint, Session } from '@lucid/contracts';
import { exitCodeOf, type ProofBundle, type ProofStep } from '@lucid/proof';
import { eventually, WORKSPACE_ROOT } from '@lucid/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forgeries, otherChain } from '../src/forgeries.ts';
import { endRetention, keptKeyOf } from '../src/key-store.ts';
import { flipBit, type Material, MIB, mixedBytes, sha256OfFile, writeMaterial } from '../src/material.ts';
import { type Fetched, Person } from '../src/person.ts';
import { RecordingJob } from '../src/recording-job.ts';
import { run } from '../src/run.ts';
import { LucidSystem } from '../src/system.ts';

interface Report {
  ok: boolean;
  failed_step: ProofStep | null;
  recording?: { ok: boolean; detail: string };
}

/** Beside the steps of the proof: the decrypted file is another one. */
const RECORDING_DIFFERS = 30;

describe('tampering with a recording that the running system has made', () => {
  let system: LucidSystem;
  let ada: Person;
  let sessionId: string;
  let fetched: Fetched;
  let bundle: ProofBundle;
  let storage: string;

  const inFolder = (name: string) => join(system.folder.path, name);
  const chunk = (sequence: number) => fetched.chunks[sequence - 1] ?? '';
  const stored = (sequence: number) =>
    join(storage, readdirSync(storage).find((name) => Number(name.slice(0, 6)) === sequence) ?? '');

  async function verify(bundlePath: string, files: readonly string[], ...options: string[]) {
    const { code, out } = await ada.lucid(['verify', bundlePath, ...files, '--json', ...options]);
    return { code, report: JSON.parse(out) as Report };
  }
  const refusedAt = (step: ProofStep) => ({
    code: exitCodeOf(step),
    report: { ok: false, failed_step: step },
  });
  const verifyOnServer = () =>
    ada.get<{ verified: boolean; failed_step?: string }>(`/sessions/${sessionId}/verify`);

  beforeAll(async () => {
    system = await LucidSystem.start('tamper', {
      env: [
        'blockchain-engine:BLOCK_TIME_SECONDS=1',
        'session-pipeline:LIVE_ANCHOR_SECONDS=1',
        'session-api:SWEEP_SECONDS=1',
      ],
    });
    ada = await Person.join(system, 'ada');
    const material = await writeMaterial(inFolder('original'), mixedBytes(3 * MIB + 4711, 3));
    sessionId = await recordedUnderWatch(material);
    storage = join(system.dataOf('session-storage'), 'active', sessionId);
    fetched = await ada.fetchAll(sessionId, system.folder.path);
    bundle = JSON.parse(readFileSync(fetched.bundle, 'utf8')) as ProofBundle;
    expect(fetched.chunks).toHaveLength(4);
  });
  afterAll(() => system?.end());

  /** Records slowly enough that the chain has heard of its first chunks before the last ones come. @returns the session */
  async function recordedUnderWatch(material: Material): Promise<string> {
    const found = async () => {
      const { sessions } = await ada.get<{ sessions: Session[] }>('/sessions');
      const id = sessions[0]?.session_id;
      if (id === undefined) return false;
      const { checkpoints } = await ada.get<{ checkpoints: Checkpoint[] }>(
        `/anchoring/session/${id}/checkpoints`,
      );
      return checkpoints.some(({ status, chunk_count }) => status === 'confirmed' && chunk_count > 0);
    };
    const lastPiece = eventually('a checkpoint with chunks is on the chain', found, {
      timeoutMs: 60_000,
      pauseMs: 200,
    });
    const job = new RecordingJob(ada, material, { pieceMs: 100, lastPiece }, 1);
    await job.run();
    return job.sessionId;
  }

  it('begins with a proof that holds, here and on the server', async () => {
    expect(await verify(fetched.bundle, [...fetched.chunks, fetched.recording])).toMatchObject({
      code: 0,
      report: { ok: true, recording: { ok: true } },
    });
    expect(await verifyOnServer()).toMatchObject({ verified: true });
    expect(bundle.checkpoints.length).toBeGreaterThanOrEqual(2); // that it began, and what it had come to
  });

  it('holds before a program that shares no code with the one that made it', async () => {
    const verifier = join(WORKSPACE_ROOT, 'tools/verifier/bin/lucid-verify.mjs');
    const args = [
      verifier,
      fetched.bundle,
      ...fetched.chunks,
      '--genesis',
      ada.profile.genesis_hash,
      '--json',
    ];
    const { code, out, err } = await run(process.execPath, args, { cwd: system.folder.path });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ ok: true, complete: true });
  });

  describe('in the folder of the storage', () => {
    const fetchTampered = async () => {
      const folder = inFolder('tampered-chunks');
      await rm(folder, { recursive: true, force: true });
      const { code, err } = await ada.lucid(['download', sessionId, '--chunks', folder, '--json']);
      const files = readdirSync(folder).map((name) => join(folder, name));
      return { code, err, files };
    };
    const downloadFails = async () => {
      const copy = inFolder('never-written');
      const { code } = await ada.lucid(['download', sessionId, '-o', copy]);
      expect(code).not.toBe(0);
      expect(existsSync(copy)).toBe(false);
    };
    afterEach(async () => {
      expect(await verifyOnServer()).toMatchObject({ verified: true }); // everything was put back
    });

    it('notices a flipped bit, on the server and offline, and gives out no plaintext of it', async () => {
      await flipBit(stored(2), 5000);
      try {
        expect(await verifyOnServer()).toMatchObject({ verified: false, failed_step: 'chunk_hashes' });
        const { files } = await fetchTampered();
        expect(await verify(fetched.bundle, files)).toMatchObject(refusedAt('chunk_hashes'));
        await downloadFails();
      } finally {
        await flipBit(stored(2), 5000);
      }
    });

    it('notices a missing file', async () => {
      const path = stored(3);
      await rename(path, inFolder('hidden'));
      try {
        expect(await verifyOnServer()).toMatchObject({ verified: false, failed_step: 'chunk_set' });
        const { code, files } = await fetchTampered();
        expect(code).not.toBe(0);
        expect(await verify(fetched.bundle, files)).toMatchObject(refusedAt('chunk_set'));
        await downloadFails();
      } finally {
        await rename(inFolder('hidden'), path);
      }
    });

    it('notices two files in each other’s place', async () => {
      const [one, two] = [stored(1), stored(2)];
      const swap = async () => {
        await rename(one, inFolder('aside'));
        await rename(two, one);
        await rename(inFolder('aside'), two);
      };
      await swap();
      try {
        expect(await verifyOnServer()).toMatchObject({ verified: false, failed_step: 'chunk_set' });
        await downloadFails();
      } finally {
        await swap();
      }
    });

    it('notices one file in the place of another', async () => {
      await copyFile(stored(4), inFolder('kept'));
      await copyFile(stored(1), stored(4));
      try {
        expect(await verifyOnServer()).toMatchObject({ verified: false, failed_step: 'chunk_set' });
        await downloadFails();
      } finally {
        await copyFile(inFolder('kept'), stored(4));
      }
    });
  });

  describe('in the archive of the storage', () => {
    const move = async (verb: 'archive' | 'restore') => {
      const answer = await ada.ask({ method: 'POST', path: `/api/v1/sessions/${sessionId}/${verb}` });
      expect({ verb, status: answer.status, text: answer.status === 200 ? '' : answer.text }).toMatchObject({
        status: 200,
      });
    };
    const archive = () => join(system.dataOf('session-storage'), 'archive', sessionId);
    beforeAll(() => move('archive'));

    it('has the files there, and nowhere else, and they verify', async () => {
      expect(readdirSync(archive())).toHaveLength(4);
      expect(existsSync(storage) ? readdirSync(storage) : []).toEqual([]);
      expect(await verifyOnServer()).toMatchObject({ verified: true });
    });

    it('notices a flipped bit there as well, and gives out no plaintext of it', async () => {
      const path = join(archive(), readdirSync(archive()).toSorted()[1] ?? '');
      await flipBit(path, 5000);
      expect(await verifyOnServer()).toMatchObject({ verified: false, failed_step: 'chunk_hashes' });
      const { code } = await ada.lucid(['download', sessionId, '-o', inFolder('never-written')]);
      expect([code === 0, existsSync(inFolder('never-written'))]).toEqual([false, false]);
      await flipBit(path, 5000);
      expect(await verifyOnServer()).toMatchObject({ verified: true });
    });

    it('brings the very bytes back', async () => {
      await move('restore');
      expect(readdirSync(storage)).toHaveLength(4);
      const copy = inFolder('restored');
      expect(await ada.lucid(['download', sessionId, '-o', copy])).toMatchObject({ code: 0 });
      expect(await sha256OfFile(copy)).toBe(await sha256OfFile(inFolder('original')));
    });
  });

  describe('in the files that were fetched', () => {
    const other = () => inFolder('altered');
    const alteredChunk = (sequence: number) => join(other(), `${String(sequence).padStart(6, '0')}.bin`);
    beforeEach(async () => {
      await rm(other(), { recursive: true, force: true });
      mkdirSync(other());
    });

    it.each([
      ['the first byte', 0],
      ['the middle', 300_000],
    ])('names chunk_hashes for a bit flipped in %s of a chunk', async (_where, offset) => {
      await copyFile(chunk(1), alteredChunk(1));
      await flipBit(alteredChunk(1), offset);
      const files = [alteredChunk(1), chunk(2), chunk(3), chunk(4)];
      expect(await verify(fetched.bundle, files)).toMatchObject(refusedAt('chunk_hashes'));
    });

    it('names chunk_hashes for a chunk that was cut short', async () => {
      const bytes = readFileSync(chunk(4));
      await writeFile(alteredChunk(4), bytes.subarray(0, bytes.length - 1));
      const files = [chunk(1), chunk(2), chunk(3), alteredChunk(4)];
      expect(await verify(fetched.bundle, files)).toMatchObject(refusedAt('chunk_hashes'));
    });

    it('names chunk_set for a chunk that is missing', async () => {
      expect(await verify(fetched.bundle, fetched.chunks.slice(0, -1))).toMatchObject(refusedAt('chunk_set'));
    });

    it('names chunk_set for two chunks in each other’s place', async () => {
      await copyFile(chunk(1), alteredChunk(2));
      await copyFile(chunk(2), alteredChunk(1));
      const files = [alteredChunk(1), alteredChunk(2), chunk(3), chunk(4)];
      expect(await verify(fetched.bundle, files)).toMatchObject(refusedAt('chunk_set'));
    });

    it('names chunk_set for a chunk in the place of another, given twice, or one too many', async () => {
      await copyFile(chunk(1), alteredChunk(2));
      await copyFile(chunk(1), alteredChunk(5));
      const inPlace = [chunk(1), alteredChunk(2), chunk(3), chunk(4)];
      expect(await verify(fetched.bundle, inPlace)).toMatchObject(refusedAt('chunk_set'));
      const twice = [...fetched.chunks, chunk(1)];
      expect(await verify(fetched.bundle, twice)).toMatchObject(refusedAt('chunk_set'));
      const more = [...fetched.chunks, alteredChunk(5)];
      expect(await verify(fetched.bundle, more)).toMatchObject(refusedAt('chunk_set'));
    });

    it('names the recording for a decrypted file that is another one', async () => {
      const copy = join(other(), 'recording');
      await copyFile(fetched.recording, copy);
      expect(await verify(fetched.bundle, [copy])).toMatchObject({
        code: 0,
        report: { recording: { ok: true } },
      });
      await flipBit(copy, 2_000_000);
      expect(await verify(fetched.bundle, [copy])).toMatchObject({
        code: RECORDING_DIFFERS,
        report: { recording: { ok: false, detail: 'chunk 2 decodes to something else' } },
      });
    });
  });

  it.each(forgeries)('names $step for $what', async ({ step, forge }) => {
    const forged = inFolder('forged.json');
    await writeFile(forged, forge(bundle));
    expect(await verify(forged, [])).toMatchObject(refusedAt(step));
  });

  it('refuses the other chain by the pinned first block alone: to whoever believes it, it holds', async () => {
    const forged = inFolder('other-chain.json');
    const chain = otherChain(bundle);
    await writeFile(forged, JSON.stringify(chain));
    const believed = await verify(forged, fetched.chunks, '--genesis', chain.genesis.hash);
    expect(believed).toMatchObject({ code: 0, report: { ok: true } });
    expect(await verify(forged, fetched.chunks)).toMatchObject(refusedAt('genesis'));
  });

  it('has nothing left to tamper with after its retention, and its proof all the same', async () => {
    expect(await keptKeyOf(system, sessionId)).toEqual({ wrapped: true });
    await endRetention(system, sessionId);
    const isGone = async () => !(await keptKeyOf(system, sessionId)).wrapped && !existsSync(storage);
    await eventually('key and files are gone', isGone, { timeoutMs: 30_000, pauseMs: 200 });
    const kept = inFolder('kept-after-retention.json');
    expect(await ada.lucid(['proof', sessionId, '-o', kept])).toMatchObject({ code: 0 });
    expect(await verify(kept, fetched.chunks)).toMatchObject({ code: 0, report: { ok: true } });
    expect(await verifyOnServer()).toMatchObject({ verified: true });
    const { code } = await ada.lucid(['download', sessionId, '-o', inFolder('never-written')]);
    expect([code === 0, existsSync(inFolder('never-written'))]).toEqual([false, false]);
  });

  it('has left the original as it was', async () => {
    expect(await sha256OfFile(fetched.recording)).toBe(await sha256OfFile(inFolder('original')));
    expect(await verify(fetched.bundle, [...fetched.chunks, fetched.recording])).toMatchObject({ code: 0 });
  });
});
