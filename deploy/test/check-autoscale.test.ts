import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { findingsOf } from '../src/cli/check.ts';
import { filesOf, renderAll } from '../src/render/all-targets.ts';
import { system } from '../src/system.ts';

// A profile is rendered and read as a whole; a machine that does much else takes its time.
vi.setConfig({ testTimeout: 30_000 });

const PROFILE = 'autoscale';
const GATEWAY = `${PROFILE}/kubernetes/services/lucid-api-gateway.yaml`;
const rendered = renderAll(system, [PROFILE]).filter(({ target }) => target.name === 'kubernetes');
const files = filesOf(rendered);
const folder = mkdtempSync(join(tmpdir(), 'lucid-autoscale-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
for (const [path, text] of files) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

describe('what an autoscaler aims at', () => {
  it('is found as it was generated', () => {
    expect(findingsOf(rendered, folder, [PROFILE])).toEqual([]);
  });

  it.each([
    ['cpuPercent', 70],
    ['memoryPercent', 80],
  ])('turns check red when a file says another %s', (field, percent) => {
    const text = files.get(GATEWAY) ?? '';
    const edited = text.replace(`averageUtilization: ${percent}`, 'averageUtilization: 99');
    expect(edited).not.toBe(text);
    writeFileSync(join(folder, GATEWAY), edited);
    const findings = findingsOf(rendered, folder, [PROFILE]);
    writeFileSync(join(folder, GATEWAY), text);
    expect(findings).toContainEqual({
      check: 'equivalence',
      where: `${PROFILE}/kubernetes`,
      problem: `lucid-api-gateway.scale.${field} is 99 in the folder, where ${percent} is generated`,
    });
  });
});
