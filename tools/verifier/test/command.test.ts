import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aProofBundle } from '@lucid/proof/testing';
import { temporaryFolder } from '@lucid/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const original = fileURLToPath(new URL('../bin/lucid-verify.mjs', import.meta.url));
const folder = temporaryFolder('verifier');
const program = join(folder.path, 'lucid-verify.mjs');
const proof = join(folder.path, 'proof.json');
const { bundle, chunkFiles, genesisHash } = aProofBundle();
const chunkPaths = [...chunkFiles.keys()].map((n) => join(folder.path, `${String(n).padStart(6, '0')}.bin`));

beforeAll(() => {
  // Alone in a folder that knows nothing of this repository: nothing but Node can help it.
  copyFileSync(original, program);
  writeFileSync(proof, JSON.stringify(bundle));
  for (const [i, file] of [...chunkFiles.values()].entries()) writeFileSync(chunkPaths[i] ?? '', file);
});
afterAll(() => folder.remove());

const run = (...words: string[]) =>
  spawnSync(process.execPath, [program, ...words], { cwd: folder.path, encoding: 'utf8', env: {} });

describe('lucid-verify', () => {
  it('says that a true proof holds, chunk files and chain included', () => {
    const { status, stdout } = run(proof, ...chunkPaths, '--genesis', genesisHash);
    expect([status, stdout.trim().split('\n').at(-1)]).toEqual([0, 'holds']);
    expect(stdout.split('\n').filter((line) => line.startsWith('✓'))).toHaveLength(14);
  });

  it('says what it did not look at', () => {
    const { status, stdout } = run(proof);
    expect([status, stdout]).toEqual([0, expect.stringContaining('– chunk_hashes (not checked)')]);
  });

  it('ends with the code of the first step that fails', () => {
    const altered = join(folder.path, 'altered.json');
    writeFileSync(altered, JSON.stringify({ ...bundle, manifest_hash: 'ab'.repeat(32) }));
    const { status, stdout } = run(altered, '--json');
    expect([status, JSON.parse(stdout).failed_step]).toEqual([14, 'manifest_hash']);
  });

  it('refuses a wrong call with 2, its reason and how it is used', () => {
    for (const words of [
      [],
      [proof, '--genesis', 'x'],
      [proof, '--loud'],
      [proof, 'chunk.dat'],
      ['missing.json'],
    ]) {
      const { status, stderr } = run(...words);
      expect([words, status, stderr.length > 0]).toEqual([words, 2, true]);
    }
  });

  it('needs nothing but Node', () => {
    const source = execFileSync('grep', ['-hoE', "from '[^']+'", program], { encoding: 'utf8' });
    expect(source.match(/'[^']+'/g)?.filter((name) => !name.startsWith("'node:"))).toEqual([]);
  });
});

/** The same command as a part of this process, where what it reaches of the program is counted. */
async function runHere(...words: string[]) {
  const before = { argv: process.argv, exitCode: process.exitCode };
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    }),
  );
  try {
    process.argv = [process.execPath, original, ...words];
    process.exitCode = 0;
    vi.resetModules();
    await import('../bin/lucid-verify.mjs');
    return { status: process.exitCode, ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.argv = before.argv;
    process.exitCode = before.exitCode;
  }
}

describe('lucid-verify answers the same in a process of its own and in another’s', () => {
  const trusted = ['--genesis', genesisHash, '--manifest-key', bundle.public_key];
  it.each<[string, () => string[]]>([
    ['about a true proof with its chunk files', () => [proof, ...chunkPaths, ...trusted]],
    ['about a proof alone', () => [proof]],
    ['with the report as JSON', () => [proof, '--json']],
    ['about a chunk file of another number', () => [proof, join(folder.path, '000099.bin'), '--json']],
    ['about a chunk file that is named like none', () => [proof, proof]],
    ['about a key that is not trusted', () => [proof, '--manifest-key', 'ab'.repeat(32), '--json']],
    ['about a key that is none', () => [proof, '--manifest-key', 'x']],
    ['about an option that it does not know', () => [proof, '--loud']],
    ['about a proof that is not there', () => [join(folder.path, 'missing.json')]],
    ['about nothing', () => []],
    ['about itself', () => ['--help']],
  ])('%s', async (_name, words) => {
    copyFileSync(chunkPaths[0] ?? '', join(folder.path, '000099.bin'));
    const { status, stdout, stderr } = run(...words());
    expect(await runHere(...words())).toEqual({ status, stdout, stderr });
    expect(stdout + stderr).not.toBe('');
  });
});
