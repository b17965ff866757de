import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findingsOf } from '../../src/cli/check.ts';
import type { Finding } from '../../src/cli/finding.ts';
import { generate } from '../../src/cli/generate.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { type Rendered, renderAll } from '../../src/render/all-targets.ts';
import type { Target, TargetName } from '../../src/render/renderer.ts';
import { system } from '../../src/system.ts';

/** The smallest profile is enough: its files are of the same kinds as those of the others. */
export const PROFILE = 'dev';
/** Rendered, and read back, once for all tests of a file: nothing changes it. */
export const rendered: readonly Rendered[] = renderAll(system, [PROFILE]).map((one) => {
  const graph = one.target.parse(one.rendering.files);
  const parse: Target['parse'] = (files) => (files === one.rendering.files ? graph : one.target.parse(files));
  return { ...one, target: { ...one.target, parse } };
});

export function renderedFor(target: TargetName): Rendered {
  const found = rendered.find((each) => each.target.name === target);
  if (!found) throw new Error(`no target ${target}`);
  return found;
}

/** What a terminal would have shown. */
export function recordingTerminal(): Terminal & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    json: false,
    interactive: false,
    lines,
    line: (text) => void lines.push(text),
    document: () => undefined,
    fail: (error) => void lines.push(String(error)),
  };
}

/** A folder with everything `generate` writes for the profile; the caller removes it. */
export function generatedFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'lucid-check-'));
  generate({ out: path, profile: [PROFILE], set: [], dryRun: false }, recordingTerminal());
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Changes a file for the time of one look; an edit that changes nothing is a mistake in the test. */
export function findingsAfter(folder: string, file: string, edit: (text: string) => string): Finding[] {
  const path = join(folder, file);
  const before = readFileSync(path, 'utf8');
  const after = edit(before);
  if (after === before) throw new Error(`the edit of ${file} changes nothing`);
  writeFileSync(path, after);
  try {
    return findingsOf(rendered, folder, [PROFILE]);
  } finally {
    writeFileSync(path, before);
  }
}

/** Replaces the first `from` that stands behind `marker`. */
export const replaceAfter =
  (marker: string, from: string, to: string) =>
  (text: string): string => {
    const at = text.indexOf(marker);
    if (at < 0) throw new Error(`no ${marker}`);
    return text.slice(0, at) + text.slice(at).replace(from, to);
  };
