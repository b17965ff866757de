import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from '@lucid/contracts';
import { eventually } from '@lucid/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorCode } from '../src/gateway.ts';
import { type Material, MIB, noise, writeMaterial } from '../src/material.ts';
import { Person } from '../src/person.ts';
import { LucidSystem } from '../src/system.ts';
import { Tmpfs, whyNoTmpfs } from '../src/tmpfs.ts';

const reason = whyNoTmpfs();
const DISK_MIB = 8;
/** Larger than the disk, so that it never can be sealed and taken away before the disk is full. */
const CHUNK_BYTES = 10 * MIB;

describe.skipIf(reason)(`a recorder whose disk is full (${reason ?? 'on a small tmpfs'})`, () => {
  let system: LucidSystem;
  let ada: Person;
  let disk: Tmpfs;
  let large: Material;

  const inFolder = (name: string) => join(system.folder.path, name);
  const isMounted = () => readFileSync('/proc/mounts', 'utf8').includes(disk.path);
  const ended = (id: string, status: string) =>
    eventually(`session ${id} is ${status}`, async () => {
      const session = await ada.get<Session>(`/sessions/${id}`);
      return session.status === status ? session : undefined;
    });

  beforeAll(async () => {
    system = await LucidSystem.start('disk', {
      env: ['blockchain-engine:BLOCK_TIME_SECONDS=1'],
      prepare: (data) => {
        disk = new Tmpfs(join(data, 'lucid-session-recorder-1'));
        disk.mount(DISK_MIB);
        return () => disk.unmount();
      },
    });
    ada = await Person.join(system, 'ada');
    large = await writeMaterial(inFolder('large'), noise(3 * DISK_MIB * MIB, 5));
  });
  afterAll(() => system?.end());

  it('ends the recording, says so, and keeps every byte that was acknowledged', async () => {
    const body = { name: 'piece by piece', chunk_size_bytes: CHUNK_BYTES };
    const created = await ada.ask({ method: 'POST', path: '/api/v1/sessions', body });
    const { session_id } = created.json as Session;
    const path = `/api/v1/sessions/${session_id}/stream`;
    await ada.ask({ method: 'POST', path: `/api/v1/sessions/${session_id}/start` });

    let acknowledged = 0;
    const append = () =>
      ada.ask({
        method: 'PATCH',
        path,
        headers: { 'content-type': 'application/octet-stream', 'upload-offset': String(acknowledged) },
        body: large.bytes.subarray(acknowledged, acknowledged + MIB),
      });
    let answer = await append();
    while (answer.status === 204) {
      acknowledged = Number(answer.headers['upload-offset']);
      answer = await append();
    }
    expect({ status: answer.status, code: errorCode(answer) }).toEqual({ status: 507, code: 7105 });
    expect(acknowledged).toBeGreaterThanOrEqual((DISK_MIB - 2) * MIB);
    expect(Number(answer.headers['upload-offset'])).toBeGreaterThanOrEqual(acknowledged);

    const session = await ended(session_id, 'failed');
    expect(session.error).toMatch(/disk.*full/i);
    expect(await append()).toMatchObject({ status: 409 });
    const download = await eventually('what was acknowledged can be read', async () => {
      const got = await ada.ask({ path: `/api/v1/sessions/${session_id}/download` });
      return got.status === 200 ? got : undefined;
    });
    expect(download.bytes.length).toBeGreaterThanOrEqual(acknowledged);
    expect(download.bytes.equals(large.bytes.subarray(0, download.bytes.length))).toBe(true);
    expect((await ada.ask({ path: `/api/v1/sessions/${session_id}/proof` })).status).toBe(409);
  });

  it('tells whoever uses the command in one line', async () => {
    const { code, err } = await ada.lucid(['record', large.path, '--quiet', '--chunk-size', '10']);
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/^lucid: [^\n]*disk[^\n]*full[^\n]*\n$/i),
    });
  });

  it('goes on with recordings that fit, once there is room again', async () => {
    const small = await writeMaterial(inFolder('small'), noise(MIB, 6));
    const session = await eventually('there is room again', () => ada.record(small.path), {
      timeoutMs: 30_000,
    });
    const { recording } = await ada.fetchAll(session.session_id, system.folder.path);
    expect(readFileSync(recording).equals(small.bytes)).toBe(true);
    expect((await system.instancesOf('session-recorder'))[0]).toMatchObject({ state: 'ready', restarts: 0 });
  });

  it('leaves no mount behind', async () => {
    expect(isMounted()).toBe(true);
    await system.down();
    disk.unmount();
    expect(isMounted()).toBe(false);
  });
});
