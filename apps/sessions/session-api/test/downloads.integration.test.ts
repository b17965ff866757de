import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { eventually, type TemporaryFolder, temporaryFolder } from '@lucid/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ArchiveEntry, sessionArchive } from '../src/adapters/session-archive.ts';
import { aUser, GATEWAY, NAME } from './support/api.ts';
import { apiInWorld } from './support/api-in-world.ts';

const run = promisify(execFile);
const has = (tool: string) =>
  (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, tool)));
const user = aUser();
const { world, api } = apiInWorld('downloads');
let address: string;
let folder: TemporaryFolder;

beforeAll(async () => {
  folder = temporaryFolder('downloads');
  address = await (await api.instance()).app.listen({ host: '127.0.0.1', port: 0 });
  await api.keep(user, world.provenId, {
    ...{ status: 'completed', anchoring_status: 'confirmed', completed_at: '2026-01-02T03:04:06.000Z' },
    anchor: { anchoring_id: randomUUID(), transaction_id: world.proof.bundle.anchor.transaction.tx_id },
  });
});
afterAll(() => folder?.remove());

const archiveUrl = (session: string, format: string) =>
  `/api/v1/storage/sessions/${session}/download?format=${format}`;
const fetched = async (url: string, signal?: AbortSignal) =>
  fetch(address + url, {
    headers: await api.identities.headers(GATEWAY, NAME, user),
    ...(signal ? { signal } : {}),
  });

/** Unpacks with the tool that people have. */
async function unpacked(format: string, bytes: Buffer, name: string): Promise<string> {
  const file = join(folder.path, `${name}.${format}`);
  const into = join(folder.path, `${name}-${format}`);
  writeFileSync(file, bytes);
  await run('mkdir', [into]);
  if (format === 'zip') await run('unzip', ['-q', file, '-d', into]);
  else await run('tar', ['-xf', file, '-C', into]);
  return into;
}

describe.skipIf(!has('tar') || !has('unzip'))('an archive of a session', () => {
  it.each([
    ['zip', 'application/zip'],
    ['tar', 'application/x-tar'],
    ['tar.gz', 'application/gzip'],
  ])('as %s holds every chunk, the manifest and the proof, as other tools read it', async (format, type) => {
    const answer = await fetched(archiveUrl(world.provenId, format));
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="${world.provenId}.${format}"`,
    );
    const into = await unpacked(format, Buffer.from(await answer.arrayBuffer()), 'whole');
    for (const [sequence, bytes] of world.proof.chunkFiles)
      expect(readFileSync(join(into, `chunks/00000${sequence}.bin`))).toEqual(bytes);
    const { manifest_hash } = JSON.parse(readFileSync(join(into, 'manifest.json'), 'utf8'));
    expect(manifest_hash).toBe(world.proof.bundle.manifest_hash);
    expect(JSON.parse(readFileSync(join(into, 'proof.json'), 'utf8'))).toMatchObject({ manifest_hash });
    const rows = await api.audit(user, world.provenId);
    expect(rows[0]).toMatchObject({ event_type: 'recording_downloaded', details: { format, chunks: 3 } });
  });

  it.each(['zip', 'tar', 'tar.gz'])('as %s is right for files of any size and number', async (format) => {
    const files = Array.from({ length: 300 }, (_none, index) =>
      randomBytes(index % 7 === 0 ? 0 : index * 37),
    );
    files.push(randomBytes(3 * 2 ** 20));
    async function* entries(): AsyncGenerator<ArchiveEntry> {
      for (const [index, bytes] of files.entries())
        yield {
          ...{ name: `chunks/${index}.bin`, sizeBytes: bytes.length },
          open: async () => Readable.from(bytes.length > 0 ? [bytes] : []),
        };
    }
    const signal = new AbortController().signal;
    const stream = sessionArchive({
      ...{ entries: entries(), modifiedAt: new Date(), signal },
      format: format as 'zip',
    });
    const pieces = [];
    for await (const piece of stream) pieces.push(piece);
    const into = await unpacked(format, Buffer.concat(pieces), 'many');
    for (const [index, bytes] of files.entries())
      expect(readFileSync(join(into, `chunks/${index}.bin`)).equals(bytes)).toBe(true);
  });
});

describe('an archive', () => {
  it.each(['zip', 'tar', 'tar.gz'])(
    'as %s opens one file at a time, and none after its reader has gone',
    async (format) => {
      const open = new Set<Readable>();
      let opened = 0;
      let most = 0;
      async function* entries(): AsyncGenerator<ArchiveEntry> {
        for (let index = 0; index < 50; index++)
          yield {
            ...{ name: `${index}`, sizeBytes: 2 ** 20 },
            open: async () => {
              opened++;
              const bytes = Readable.from(pieces());
              open.add(bytes);
              most = Math.max(most, open.size);
              bytes.once('close', () => open.delete(bytes));
              return bytes;
            },
          };
      }
      const gone = new AbortController();
      const stream = sessionArchive({
        ...{ entries: entries(), modifiedAt: new Date(), signal: gone.signal },
        format: format as 'zip',
      });
      stream.on('error', () => undefined);
      await eventually('it has begun', () => stream.read() !== null);
      await eventually('the second file is open', () => {
        stream.read();
        return opened >= 2;
      });
      gone.abort();
      await eventually('nothing is open', () => open.size === 0 && stream.destroyed);
      expect(most).toBe(1);
      expect(opened).toBeLessThan(50);
    },
  );

  it.each(['zip', 'tar', 'tar.gz'])(
    'as %s breaks off when a file does, and never looks whole',
    async (format) => {
      async function* entries(): AsyncGenerator<ArchiveEntry> {
        yield { name: '1', sizeBytes: 10, open: async () => Readable.from([Buffer.alloc(10)]) };
        yield { name: '2', sizeBytes: 10, open: async () => Promise.reject(new Error('the disk broke')) };
      }
      const signal = new AbortController().signal;
      const stream = sessionArchive({
        ...{ entries: entries(), modifiedAt: new Date(), signal },
        format: format as 'zip',
      });
      await expect(async () => {
        for await (const _piece of stream);
      }).rejects.toThrow();
    },
  );

  it('of what nothing is stored of is 409, of an unknown format 400', async () => {
    const session = await api.create(user);
    expect((await fetched(archiveUrl(session, 'zip'))).status).toBe(409);
    expect((await fetched(archiveUrl(world.provenId, 'rar'))).status).toBe(400);
  });
});

function* pieces(): Generator<Buffer> {
  for (let count = 0; count < 16; count++) yield Buffer.alloc(2 ** 16, count);
}
