import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeArchive } from '../../src/images/archive.ts';
import { debian12, type ImageDefinition } from '../../src/images/definition.ts';

const IMAGE: ImageDefinition = {
  name: 'proof',
  tag: '1',
  standsFor: 'nothing',
  variable: undefined,
  source: debian12(),
  pick: [],
  owned: [
    { path: '/data', uid: 999, gid: 998 },
    { path: '/var/log/it', uid: 13, gid: 0 },
  ],
  run: { command: ['sh'], environment: { A: 'b' }, ports: [80], stopSignal: 'SIGQUIT' },
};

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'archive-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function archiveOf(name: string, time: number): Promise<string> {
  const stage = join(dir, name, 'root');
  for (const folder of ['data', 'var/log/it', 'etc']) await mkdir(join(stage, folder), { recursive: true });
  await writeFile(join(stage, 'etc/name'), 'proof');
  await writeFile(join(stage, 'data/inside'), 'proof');
  await utimes(join(stage, 'etc/name'), time, time);
  const archive = join(dir, `${name}.tar`);
  const options = { log: join(dir, 'log'), signal: new AbortController().signal };
  await writeArchive(IMAGE, 'c0ffee00', stage, join(dir, name, 'work'), archive, options);
  return archive;
}

const member = async (archive: string, name: string) =>
  Buffer.from((await execa('tar', ['-xOf', archive, name], { encoding: 'buffer' })).stdout);

describe('an image archive', () => {
  it('is the same to the byte for the same files, whenever they were made', async () => {
    const [one, two] = [await archiveOf('one', 1_000_000_000), await archiveOf('two', 1_700_000_000)];
    expect(await readFile(one)).toEqual(await readFile(two));
  });

  it('gives the owned folders to their users and the rest to root, each once', async () => {
    const layer = join(dir, 'layer.tar');
    await writeFile(layer, await member(await archiveOf('owners', 1), 'layer.tar'));
    const { stdout } = await execa('tar', ['--numeric-owner', '-tvf', layer]);
    const owners = stdout
      .split('\n')
      .map((line) => line.split(/\s+/))
      .map((word) => [word[5], word[1]]);
    expect(Object.fromEntries(owners)).toEqual({
      './': '0/0',
      './data/': '999/998',
      './data/inside': '999/998',
      './etc/': '0/0',
      './etc/name': '0/0',
      './var/': '0/0',
      './var/log/': '0/0',
      './var/log/it/': '13/0',
    });
    expect(owners).toHaveLength(8);
  });

  it('names its layer by digest and carries its settings and its key', async () => {
    const archive = await archiveOf('settings', 1);
    const [manifest] = JSON.parse(String(await member(archive, 'manifest.json')));
    const text = await member(archive, manifest.Config);
    expect(manifest).toMatchObject({ RepoTags: ['lucid-lab/proof:1'], Layers: ['layer.tar'] });
    expect(manifest.Config).toBe(`${createHash('sha256').update(text).digest('hex')}.json`);
    const digest = createHash('sha256')
      .update(await member(archive, 'layer.tar'))
      .digest('hex');
    expect(JSON.parse(String(text))).toMatchObject({
      rootfs: { diff_ids: [`sha256:${digest}`] },
      config: {
        Cmd: ['sh'],
        Env: [expect.stringMatching(/^PATH=/), 'A=b'],
        ExposedPorts: { '80/tcp': {} },
        StopSignal: 'SIGQUIT',
        Labels: { 'lucid.lab.key': 'c0ffee00' },
      },
    });
  });
});
