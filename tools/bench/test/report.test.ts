import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@lucid/testing';
import { expect, test } from 'vitest';
import { figure } from '../src/measure/figure.ts';
import { type Report, reportFileName, reportText, writeReport } from '../src/measure/report.ts';

const report: Report = {
  format: 1,
  started_at: '2026-01-02T03:04:05.678Z',
  quick: false,
  machine: { cores: 2, cpu: 'a CPU', memoryGib: 8, platform: 'linux-x64', node: '24.0.0', load: 0.5 },
  benchmarks: [
    {
      name: 'codec',
      outcome: 'measured',
      seconds: 3.2,
      figures: [figure({ name: 'speed', unit: 'MiB/s', values: [1, 2, 3] })],
      notes: ['half of it is noise'],
    },
    { name: 'record', outcome: 'skipped', reason: 'no space', seconds: 0, figures: [], notes: [] },
  ],
};

test('the report names the machine, every figure, every note, and why something was left out', () => {
  const text = reportText(report);
  expect(text).toContain('2 cores (a CPU), 8 GiB, linux-x64, Node 24.0.0, load 0.5');
  expect(text).toMatch(/^ {2}speed +2\.00 +1\.00 +3\.00 +3 {2}MiB\/s$/m);
  expect(text).toContain('note: half of it is noise');
  expect(text).toContain('skipped: no space');
  expect(text).not.toContain('quick');
  expect(reportText({ ...report, quick: true })).toContain('quick');
});

test('the JSON file holds every single value, and is written into folders that are not there yet', () => {
  using folder = temporaryFolder('bench-report');
  const path = join(folder.path, 'a/b', reportFileName(report.started_at));
  writeReport(path, report);
  expect(path).toMatch(/2026-01-02T03-04-05-678Z\.json$/);
  const read = JSON.parse(readFileSync(path, 'utf8')) as Report;
  expect(read).toEqual(report);
  expect(read.benchmarks[0]?.figures[0]).toMatchObject({
    values: [1, 2, 3],
    statistics: { count: 3, median: 2, min: 1, max: 3 },
  });
});
