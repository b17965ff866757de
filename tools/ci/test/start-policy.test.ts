import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startPolicy } from '../src/start-policy.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lucid-policy-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const fileAt = () => join(folder, 'policy-rc.d');

/** What stands in the file while packages are installed; the file is there afterwards when it was before. */
function textDuring(): string {
  let text = '';
  startPolicy(fileAt()).startingNothing(() => {
    text = readFileSync(fileAt(), 'utf8');
    expect(statSync(fileAt()).mode & 0o111).not.toBe(0);
  });
  return text;
}

test('servers may not start while packages are installed, and may afterwards, even when that failed', () => {
  expect(textDuring()).toMatch(/\.ci\/run[\s\S]*\nexit 101\n$/);
  expect(existsSync(fileAt())).toBe(false);
  const failing = () => {
    throw new Error('apt failed');
  };
  expect(() => startPolicy(fileAt()).startingNothing(failing)).toThrow('apt failed');
  expect(existsSync(fileAt())).toBe(false);
});

test('what an interrupted run left behind is removed by the next, whether it installs or not', () => {
  const left = textDuring();
  writeFileSync(fileAt(), left, { mode: 0o755 });
  expect(textDuring()).toBe(left);
  expect(existsSync(fileAt())).toBe(false);
  writeFileSync(fileAt(), left);
  startPolicy(fileAt()).clear();
  expect(existsSync(fileAt())).toBe(false);
});

test('somebody else’s policy stays', () => {
  writeFileSync(fileAt(), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  expect(textDuring()).toBe('#!/bin/sh\nexit 101\n');
  startPolicy(fileAt()).clear();
  expect(existsSync(fileAt())).toBe(true);
});
