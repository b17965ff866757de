import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newestChangeMs } from '../src/engines/process/freshness.ts';
import { pidsOf, root, type TinyEngine, tinyEngine } from './support/tiny-engine.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const app = 'deploy/test/fixtures/tiny';
let workspace = '';
let subject: TinyEngine | undefined;

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'lucid-workspace-'));
});
afterEach(async () => {
  await subject?.remove();
  subject = undefined;
  rmSync(workspace, { recursive: true, force: true });
});

/** A workspace that holds nothing but the bundle of the tiny service. */
function bundle(remark: string): void {
  const source = readFileSync(join(root, app, 'src/main.ts'), 'utf8');
  mkdirSync(join(workspace, app, 'dist'), { recursive: true });
  writeFileSync(join(workspace, 'package.json'), '{"type":"module"}');
  writeFileSync(join(workspace, app, 'dist/main.js'), `${stripTypeScriptTypes(source)}\n// ${remark}\n`);
}

describe('a second up', () => {
  it('restarts what was built anew, and nothing otherwise', async () => {
    bundle('first');
    subject = tinyEngine({ root: workspace, source: false });
    const first = await subject.up();
    expect(await subject.up()).toMatchObject({ started: false, restarted: [] });
    bundle('second');
    const second = await subject.up();
    expect(second.restarted).toEqual(first.status.instances.map((instance) => instance.service));
    expect(pidsOf(second.status).filter((pid) => pidsOf(first.status).includes(pid))).toEqual([]);
    expect(await subject.up()).toMatchObject({ restarted: [] });
  });
});

describe('the newest change', () => {
  it('sees files and folders, but neither tests nor what was built', () => {
    const at = (path: string, seconds: number) => {
      mkdirSync(join(workspace, path, '..'), { recursive: true });
      writeFileSync(join(workspace, path), '');
      utimesSync(join(workspace, path), seconds, seconds);
    };
    at('lib/src/a.ts', 2_000_000_000);
    at('lib/test/b.ts', 2_100_000_000);
    at('lib/dist/c.js', 2_100_000_000);
    expect(newestChangeMs([join(workspace, 'lib')])).toBe(2_000_000_000_000);
    expect(newestChangeMs([join(workspace, 'nowhere')])).toBe(0);
  });
});
