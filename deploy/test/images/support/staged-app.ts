import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TemporaryFolder, temporaryFolder } from '@lucid/testing';
import { appLayer } from '../../../src/images/app-layer.ts';
import { readLauncher } from '../../../src/images/recipe.ts';
import type { ImageSubject } from '../../../src/images/subject.ts';

const LAUNCHER = join(import.meta.dirname, '../../../images/app');

const SUBJECT: ImageSubject = {
  app: 'apps/tests/probe',
  short: 'probe',
  title: 'lucid-probe',
  kind: 'service',
  ports: [],
  defaults: { SERVICE_NAME: 'lucid-probe' },
  mountPoints: [],
};

/** Lays the files of an image's `/app` into a temporary folder, as they would be in the image. */
export function stageApp(bundle: string, defaults: Record<string, string> = {}): TemporaryFolder {
  const folder = temporaryFolder('staged-app');
  const subject = { ...SUBJECT, defaults: { ...SUBJECT.defaults, ...defaults } };
  for (const { path, kind, content } of appLayer(subject, {
    bundle: Buffer.from(bundle),
    launcher: readLauncher(LAUNCHER),
  })) {
    if (kind !== 'file' || !content) continue;
    mkdirSync(join(folder.path, dirname(path)), { recursive: true });
    writeFileSync(join(folder.path, path), Buffer.concat(content));
  }
  return folder;
}

/** Runs one of the staged scripts to its end. */
export async function runStaged(folder: TemporaryFolder, script: string, env: Record<string, string> = {}) {
  const child = startStaged(folder, script, env);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, stdout: stdout.trim(), stderr: stderr.trim() };
}

/** Starts one of the staged scripts with nothing but the given environment. */
export function startStaged(folder: TemporaryFolder, script: string, env: Record<string, string> = {}) {
  return spawn(process.execPath, [join(folder.path, 'app', script)], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
