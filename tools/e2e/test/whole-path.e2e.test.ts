import { spawnSync } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Chunk, Session } from '@lucid/contracts';
import { PROOF_STEPS } from '@lucid/proof';
import { eventually } from '@lucid/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode } from '../src/gateway.ts';
import { keptKeyOf } from '../src/key-store.ts';
import { type Material, MIB, mixedBytes, sha256Of, sha256OfFile, writeMaterial } from '../src/material.ts';
import { type Fetched, lucid, lucidWithoutNetwork, Person } from '../src/person.ts';
import { LucidSystem } from '../src/system.ts';

const canCutNetwork = spawnSync('unshare', ['--net', 'true']).status === 0;

interface Demo {
  verified: boolean;
  tampering_noticed_at: string;
  session: Session;
}

interface Report {
  ok: boolean;
  complete: boolean;
  genesis_pinned: boolean;
  failed_step: string | null;
  steps: { step: string; status: string }[];
  recording?: { ok: boolean };
}

describe('the whole path, with real processes and the real command line', () => {
  let system: LucidSystem;
  let ada: Person;
  let file: Material;
  let recorded: Session;
  let fetched: Fetched;

  const inFolder = (name: string) => join(system.folder.path, name);

  beforeAll(async () => {
    system = await LucidSystem.start('path', {
      detach: true,
      env: ['blockchain-engine:BLOCK_TIME_SECONDS=1'],
      storeUri: process.env.MONGODB_TEST_URI,
    });
    ada = await Person.join(system, 'ada');
    file = await writeMaterial(inFolder('desktop.mkv'), mixedBytes(23 * MIB + 4711, 7));
  });
  afterAll(() => system?.end());

  it('shows itself to a newcomer: the demo makes an account and a sample, proves it, and notices tampering', async () => {
    const { code, out, err } = await lucid(inFolder('newcomer.json'), [
      'demo',
      '--url',
      system.url,
      '--json',
    ]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const demo = JSON.parse(out) as Demo;
    expect(demo).toMatchObject({ verified: true, tampering_noticed_at: 'chunk_hashes' });
    expect(demo.session).toMatchObject({ status: 'completed', statistics: { size_bytes: 25 * MIB } });
  });

  it('shows itself on a file that is given, and tells each step', async () => {
    const kept = inFolder('kept');
    mkdirSync(kept);
    const { code, err } = await ada.lucid(['demo', file.path, '--keep', kept]);
    expect({ code, err }).toEqual({
      code: 0,
      err: expect.stringContaining('refused at chunk_hashes, as it must be'),
    });
    expect(await sha256OfFile(join(kept, 'recording'))).toBe(file.sha256);
  });

  it('records a file, in chunks that add up, anchored in a block', async () => {
    recorded = await ada.record(file.path, '--name', 'Monday', '--description', 'first of all');
    expect(recorded).toMatchObject({
      name: 'Monday',
      description: 'first of all',
      status: 'completed',
      anchoring_status: expect.stringMatching(/^(confirmed|finalized)$/),
      statistics: { size_bytes: file.bytes.length, chunks_count: 3, chunks_stored: 3 },
      merkle_root: expect.stringMatching(/^[0-9a-f]{64}$/),
      anchor: { block_height: expect.any(Number), block_hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  it('records a pipe, in the chunk size that is asked for, without compression where that is asked for', async () => {
    const options = ['record', '-', '--json', '--chunk-size', '4', '--no-compress', '--name', 'piped'];
    const { code, out, err } = await ada.lucid(options, createReadStream(file.path));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const session = JSON.parse(out) as Session;
    expect(session).toMatchObject({
      status: 'completed',
      statistics: { size_bytes: file.bytes.length, chunks_count: 6 },
    });
    const copy = inFolder('piped.bin');
    await ada.lucid(['download', session.session_id, '-o', copy]);
    expect(await sha256OfFile(copy)).toBe(file.sha256);
  });

  it('lists sessions, newest first, in pages', async () => {
    const { out } = await ada.lucid(['sessions', '--json', '--limit', '2']);
    const { sessions, pagination } = JSON.parse(out) as { sessions: Session[]; pagination: object };
    expect(sessions.map(({ name }) => name)).toEqual(['piped', 'Monday']);
    expect(pagination).toEqual({ page: 1, limit: 2, total: 3, pages: 2 });
    expect(await ada.get(`/sessions/${recorded.session_id}`)).toMatchObject({
      name: 'Monday',
      status: 'completed',
    });
  });

  it('gives the recording back byte for byte, with chunks and proof', async () => {
    fetched = await ada.fetchAll(recorded.session_id, system.folder.path);
    expect(await sha256OfFile(fetched.recording)).toBe(file.sha256);
    expect(fetched.chunks).toHaveLength(3);
  });

  it('gives every chunk encrypted, as its hash says, and decrypted, as it was recorded', async () => {
    const { chunks } = await ada.get<{ chunks: Chunk[] }>(`/sessions/${recorded.session_id}/chunks`);
    expect(chunks.map(({ sequence_number }) => sequence_number)).toEqual([1, 2, 3]);
    for (const chunk of chunks) {
      const path = `/api/v1/sessions/${recorded.session_id}/chunks/${chunk.chunk_id}/download`;
      const encrypted = await ada.ask({ path });
      expect(sha256Of(encrypted.bytes)).toBe(chunk.chunk_hash);
      const decrypted = await ada.ask({ path: `${path}?form=decrypted` });
      const plain = file.bytes.subarray(chunk.plain_offset, chunk.plain_offset + chunk.plain_size);
      expect(decrypted.bytes.equals(plain)).toBe(true);
      expect(encrypted.bytes.includes(plain.subarray(0, 64))).toBe(false);
    }
  });

  it('gives parts of an encrypted chunk, and says which parts there are', async () => {
    const path = `/api/v1/sessions/${recorded.session_id}/chunks/${recorded.session_id}-chunk-000001/download`;
    const { bytes: whole } = await ada.ask({ path });
    const part = await ada.ask({ path, headers: { range: 'bytes=100-199' } });
    expect(part).toMatchObject({
      status: 206,
      headers: { 'content-range': `bytes 100-199/${whole.length}` },
    });
    expect(part.bytes.equals(whole.subarray(100, 200))).toBe(true);
    const end = await ada.ask({ path, headers: { range: 'bytes=-5' } });
    expect(end.bytes.equals(whole.subarray(-5))).toBe(true);
    const beyond = await ada.ask({ path, headers: { range: `bytes=${whole.length}-` } });
    expect(beyond.status).toBe(416);
  });

  it('verifies on the server what lies in storage now', async () => {
    const report = await ada.get<{ verified: boolean; steps: { step: string; outcome: string }[] }>(
      `/sessions/${recorded.session_id}/verify`,
    );
    expect(report.verified).toBe(true);
    expect(report.steps).toEqual(PROOF_STEPS.map((step) => expect.objectContaining({ step, outcome: 'ok' })));
  });

  it('knows the root on the chain, and no other', async () => {
    const { session_id, merkle_root, anchor } = recorded;
    expect(await ada.get(`/anchoring/session/${session_id}`)).toMatchObject({
      merkle_root,
      block_height: anchor?.block_height,
    });
    const verify = async (root: string | undefined) => {
      const body = { session_id, merkle_root: root };
      return (await ada.ask({ method: 'POST', path: '/api/v1/anchoring/verify', body })).json;
    };
    expect(await verify(merkle_root)).toMatchObject({ verified: true, merkle_proof_valid: true });
    expect(await verify('ab'.repeat(32))).toMatchObject({ verified: false });
  });

  it('shows nobody the sessions of somebody else', async () => {
    const bob = await Person.join(system, 'bob');
    const { out } = await bob.lucid(['sessions', '--json']);
    expect(JSON.parse(out)).toMatchObject({ sessions: [], pagination: { total: 0 } });
    const { session_id } = recorded;
    for (const path of [
      '',
      '/chunks',
      '/download',
      '/manifest',
      '/proof',
      '/verify',
      '/pipeline',
      '/stream',
    ]) {
      const foreign = await bob.ask({ path: `/api/v1/sessions/${session_id}${path}` });
      const unknown = await bob.ask({ path: `/api/v1/sessions/00000000-0000-4000-8000-000000000000${path}` });
      expect({ path, status: foreign.status }).toEqual({ path, status: 404 });
      expect({ path, code: errorCode(foreign) }).toEqual({ path, code: errorCode(unknown) });
    }
    for (const command of ['download', 'proof', 'delete'])
      expect(await bob.lucid([command, session_id])).toMatchObject({ code: 6, out: '' });
    expect(await ada.get(`/sessions/${session_id}`)).toMatchObject({ status: 'completed' });
  });

  it('ends an empty recording cleanly, with its reason', async () => {
    const empty = await writeMaterial(inFolder('empty.bin'), Buffer.alloc(0));
    const { code, err } = await ada.lucid(['record', empty.path, '--quiet']);
    expect(code).toBe(1);
    expect(err).toMatch(/^lucid: session [0-9a-f-]{36} failed: Nothing was recorded\.\n$/);
  });

  it('shreds the key of a deleted session: nobody reads it again, and what was proven stays proven', async () => {
    const doomed = await writeMaterial(inFolder('doomed.bin'), mixedBytes(2 * MIB, 99));
    const { session_id, anchor } = await ada.record(doomed.path);
    expect(await keptKeyOf(system, session_id)).toMatchObject({ wrapped: true });
    const stored = join(system.dataOf('session-storage'), 'active', session_id);
    expect(readdirSync(stored)).toHaveLength(1);

    expect(await ada.lucid(['delete', session_id])).toMatchObject({ code: 0 });
    await eventually('key and files are gone', async () => {
      return !existsSync(stored) && !(await keptKeyOf(system, session_id)).wrapped;
    });
    for (const path of [
      '',
      '/download',
      `/chunks/${session_id}-chunk-000001/download?form=decrypted`,
      '/stream',
    ]) {
      const { status } = await ada.ask({ path: `/api/v1/sessions/${session_id}${path}` });
      expect([404, 410], path).toContain(status);
    }
    expect(await ada.lucid(['download', session_id, '-o', inFolder('never')])).toMatchObject({ code: 6 });
    expect(existsSync(inFolder('never'))).toBe(false);
    const block = await ada.get<{ transactions: { data: object }[] }>(
      `/blocks/height/${anchor?.block_height}`,
    );
    expect(block.transactions.map(({ data }) => data)).toContainEqual(
      expect.objectContaining({ session_id }),
    );
  });

  it('refuses the token of somebody who has signed out', async () => {
    const carol = await Person.join(system, 'carol');
    const token = carol.profile.access_token;
    expect(await carol.ask({ path: '/api/v1/users/me', token })).toMatchObject({ status: 200 });
    expect(await carol.lucid(['logout'])).toMatchObject({ code: 0 });
    expect(await carol.lucid(['sessions'])).toMatchObject({ code: 3 });
    await eventually('the revocation has arrived', async () => {
      return (await ada.ask({ path: '/api/v1/users/me', token })).status === 401;
    });
  });

  it('verifies offline when everything is down and there is no network at all', async () => {
    await system.down();
    expect(await ada.lucid(['sessions'])).toMatchObject({ code: 4 });
    const verify = canCutNetwork ? lucidWithoutNetwork : lucid;
    const { code, out, err } = await verify(ada.profilePath, [
      'verify',
      fetched.bundle,
      ...fetched.chunks,
      fetched.recording,
      '--json',
    ]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const report = JSON.parse(out) as Report;
    expect(report).toMatchObject({ ok: true, complete: true, genesis_pinned: true, recording: { ok: true } });
    expect(report.steps).toEqual(
      PROOF_STEPS.map((step) => expect.objectContaining({ step, status: 'passed' })),
    );
    const { session_id } = JSON.parse(await readFile(fetched.bundle, 'utf8')) as { session_id: string };
    expect(session_id).toBe(recorded.session_id);
  });
});
