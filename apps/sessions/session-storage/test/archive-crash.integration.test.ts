import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom, systemClock } from '@lucid/clock';
import { crashSeeds, eventually } from '@lucid/testing';
import { expect, it } from 'vitest';
import { mortalStorage } from './support/mortal-storage.ts';
import { otherVolume } from './support/other-volume.ts';
import { chunkPath, putHeaders, sha256 } from './support/storage.ts';

const CHUNKS = 24;
const KILLS = 4;
const { folder, start, asProcessor } = mortalStorage('archive-crash');

const cases = crashSeeds().flatMap((seed) => [
  { seed, what: 'by renames', volume: tmpdir() },
  ...(otherVolume ? [{ seed, what: 'to another volume', volume: otherVolume }] : []),
]);

it.each(cases)(
  'every chunk stays readable and the same when kill -9 comes during archive and restore $what (seed $seed)',
  async ({ seed, what, volume }) => {
    const random = seededRandom(`${seed} ${what}`);
    const archive = mkdtempSync(join(volume, 'lucid-archive-'));
    const restart = () => start(`archive_crash_${seed}_${what.length}`, { ARCHIVE_DIR: archive });
    const session = randomUUID();
    const hashes: string[] = [];
    let storage = await restart();
    const call = async (method: string, path: string, body?: Buffer) =>
      fetch(storage.url + path, {
        method,
        headers: { ...(await asProcessor()), ...(body ? putHeaders(body) : {}) },
        ...(body ? { body } : {}),
      });
    const expectAll = async () => {
      for (const [index, hash] of hashes.entries()) {
        const answer = await call('GET', chunkPath(session, index + 1));
        expect([index + 1, answer.status]).toEqual([index + 1, 200]);
        expect(sha256(Buffer.from(await answer.arrayBuffer()))).toBe(hash);
      }
    };
    try {
      for (let sequence = 1; sequence <= CHUNKS; sequence++) {
        const bytes = random.bytes(20_000 + Math.floor(random.fraction() * 200_000));
        expect((await call('PUT', chunkPath(session, sequence), bytes)).status).toBe(201);
        hashes.push(sha256(bytes));
      }
      let interrupted = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const action = kill % 2 === 0 ? 'archive' : 'restore';
        const moving = call('POST', `/api/v1/sessions/${session}/${action}`).then(
          (answer) => answer.status,
          () => 'killed',
        );
        await systemClock.sleep(5 + random.fraction() * 120); // the moment of the crash, not a wait for a condition
        await storage.kill();
        if ((await moving) === 'killed') interrupted++;
        storage = await restart();
        await expectAll();
      }
      expect(interrupted).toBeGreaterThan(0);
      for (const action of ['archive', 'restore']) {
        const answer = await call('POST', `/api/v1/sessions/${session}/${action}`);
        expect(await answer.json()).toMatchObject({ done: true, chunks_total: CHUNKS, failed: [] });
        await expectAll();
        const [full, empty] =
          action === 'archive' ? [archive, join(folder, 'active')] : [join(folder, 'active'), archive];
        expect(await readdir(join(full, session))).toHaveLength(CHUNKS);
        const left = await readdir(join(empty, session)).catch(() => []);
        // A crash between a copy and the removal of its source leaves a second copy, for the cleanup to find.
        if (what === 'by renames') expect(left).toEqual([]);
      }
      const report = await eventually('nobody else cleans up', async () => {
        const answer = await fetch(`${storage.url}/api/v1/cleanup`, {
          method: 'POST',
          headers: {
            ...(await asProcessor()),
            'content-type': 'application/json',
          },
          body: '{"dry_run":true}',
        });
        if (answer.status !== 200) return undefined;
        return (await answer.json()) as { unknown: { files: number } };
      });
      expect(report.unknown.files).toBe(0);
    } finally {
      await storage.kill();
      rmSync(archive, { recursive: true, force: true });
    }
  },
  120_000,
);
