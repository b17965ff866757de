import { LIMITS, PERIODS } from '@lucid/contracts';
import type { Manifest } from '@lucid/manifest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkFileName } from '../src/domain/archive-names.ts';
import { sequenceIn } from '../src/domain/chunk-id.ts';
import { etagOf, expectedVersion } from '../src/domain/expected-version.ts';
import { periodStart } from '../src/domain/period.ts';
import { isMoreThanCounters } from '../src/domain/progress-fields.ts';
import { removedChunks } from '../src/domain/removed-chunks.ts';
import { archiveDueMs, DAY_MS, retentionUntil } from '../src/domain/retention.ts';
import { newSession } from '../src/domain/session-document.ts';
import { progress } from './support/api.ts';
import { NOW } from './support/facts.ts';

const uuid = '7b3cbb4e-6f06-4b1b-9a53-6f3d1df5a001';
const session = newSession({ name: 'n' }, { sessionId: uuid, userId: uuid, now: NOW, chunkSizeBytes: 5 });

describe('the id of a chunk', () => {
  const idOf = (sequence: number) => `${uuid}-chunk-${String(sequence).padStart(6, '0')}`;

  it('holds its number, for every number that a chunk can have', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Math.min(LIMITS.maxChunks, 999_999) }), (sequence) => {
        expect(sequenceIn(uuid, idOf(sequence))).toBe(sequence);
        expect(chunkFileName(sequence)).toBe(`chunks/${idOf(sequence).slice(-6)}.bin`);
      }),
    );
  });

  it('of another session, of no number and of number 0 is none', () => {
    const other = `${uuid.replace('7', '8')}-chunk-000007`;
    const none = [other, `${uuid}-chunk-00000x`, idOf(0), '', uuid].map((id) => sequenceIn(uuid, id));
    expect(none).toEqual(none.map(() => undefined));
  });
});

describe('the version that an editor believes to change', () => {
  it('is that of the tag or of the body, and the tag that is shown comes back as it was', () => {
    expect(expectedVersion(etagOf({ version: 7 }), undefined)).toBe(7);
    expect(expectedVersion(' "7" ', 7)).toBe(7);
    expect([
      expectedVersion(undefined, 3),
      expectedVersion(' * ', 3),
      expectedVersion('*', undefined),
    ]).toEqual([...[3, 3, undefined]]);
  });

  it.each(['W/"7"', '7', '"7", "8"', '"-1"', '""', '"1234567890123456"'])('is none in %s', (tag) => {
    expect(() => expectedVersion(tag, undefined)).toThrow(expect.objectContaining({ status: 412 }));
  });

  it('cannot be two', () => {
    expect(() => expectedVersion('"7"', 8)).toThrow(expect.objectContaining({ status: 409 }));
  });
});

it('a period begins its length ago, and the one over everything never', () => {
  const nowMs = Date.parse(NOW);
  const agoMs = PERIODS.map((period) => nowMs - Date.parse(periodStart(period, nowMs) ?? ''));
  const hours = agoMs.map((ms) => ms / 3_600_000);
  expect(Object.fromEntries(PERIODS.map((period, index) => [period, hours[index]]))).toEqual({
    ...{ '1h': 1, '24h': 24, '7d': 168, '30d': 720, '90d': 2160, all: Number.NaN },
  });
  expect(periodStart('all', nowMs)).toBeUndefined();
});

it('what is left of removed chunks is what the manifest says of those whose plaintext it knows', () => {
  const chunk = (index: number, plain_size: number, plain_hash?: string) => ({
    ...{
      index,
      chunk_id: `${uuid}-chunk-00000${index}`,
      size: 10 * index,
      plain_size,
      chunk_hash: `${index}`,
    },
    ...(plain_hash === undefined ? {} : { plain_hash }),
  });
  const manifest = {
    ...{ session_id: uuid, generated_at: NOW },
    chunks: [chunk(1, 100, 'p1'), chunk(2, 50), chunk(3, 7, 'p3')],
  } as unknown as Manifest;
  const common = { session_id: uuid, status: 'deleted', attempts: 0, created_at: NOW };
  const of = (index: number, plain_offset: number, plain_size: number) => ({
    ...common,
    ...{ chunk_id: `${uuid}-chunk-00000${index}`, sequence_number: index, plain_offset, plain_size },
    ...{ plain_hash: `p${index}`, size_bytes: 10 * index, chunk_hash: `${index}` },
  });
  expect(removedChunks(manifest)).toEqual([of(1, 0, 100), of(3, 150, 7)]);
});

describe('what is kept of a session', () => {
  const endMs = Date.parse(NOW);
  const completed = { ...session, status: 'completed' as const, completed_at: NOW };
  const wish = (over: object) =>
    ({ storage_config: { ...session.storage_config, ...over } }) as typeof completed;

  it('is kept from its end on, for as long as was asked', () => {
    expect(retentionUntil(session)).toBeUndefined();
    const kept = retentionUntil({ ...completed, ...wish({ retention_days: 3 }) });
    expect(Date.parse(kept ?? '')).toBe(endMs + 3 * DAY_MS);
    const { storage_config: _none, ...old } = completed;
    expect(Date.parse(retentionUntil(old as typeof completed) ?? '')).toBe(endMs + 30 * DAY_MS);
  });

  it('of one that failed, from when it stopped or was last heard of', () => {
    const { completed_at: _never, ...failed } = { ...completed, status: 'failed' as const, updated_at: NOW };
    expect(Date.parse(retentionUntil(failed) ?? '')).toBe(endMs + 30 * DAY_MS);
    const stopped = { ...failed, stopped_at: new Date(endMs - DAY_MS).toISOString() };
    expect(Date.parse(retentionUntil(stopped) ?? '')).toBe(endMs + 29 * DAY_MS);
  });

  it('moves to the archive some days after its end, where that is wished', () => {
    expect(archiveDueMs({ ...completed, ...wish({ archive: true }) }, 2)).toBe(endMs + 2 * DAY_MS);
    expect(archiveDueMs({ ...completed, ...wish({ archive: false }) }, 2)).toBeUndefined();
    expect(archiveDueMs({ ...session, ...wish({ archive: true }) }, 2)).toBeUndefined();
  });
});

it('a report of counters alone is no new version of a session; whatever else it says is', () => {
  const same = progress({
    ...{ status: session.status, pipeline_status: session.pipeline_status },
    anchoring_status: session.anchoring_status,
  });
  const counted = { ...same, statistics: { ...session.statistics, size_bytes: 99 } };
  expect(isMoreThanCounters(session, counted)).toBe(false);
  for (const change of [{ status: 'failed' as const }, { error: 'e' }, { merkle_root: 'ab'.repeat(32) }])
    expect(isMoreThanCounters(session, { ...counted, ...change })).toBe(true);
});
