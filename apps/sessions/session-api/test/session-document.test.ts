import { type CreateSession, GIB, SESSION_STATUSES, Session } from '@lucid/contracts';
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { progressFields } from '../src/domain/progress-fields.ts';
import { configsOf, newSession, toSession, updateFields } from '../src/domain/session-document.ts';
import { checkWish } from '../src/domain/session-wish.ts';
import { progress } from './support/api.ts';
import { NOW } from './support/facts.ts';

const uuid = '7b3cbb4e-6f06-4b1b-9a53-6f3d1df5a001';
const created = { sessionId: uuid, userId: uuid, now: NOW, chunkSizeBytes: 5 };
const make = (wish: Partial<CreateSession> = {}) => newSession({ name: 'n', ...wish }, created);
const open = { hosts: [], isProduction: false };

describe('a session', () => {
  it('is new with defaults, and shows nothing that is kept for ourselves', () => {
    const shown = toSession({
      ...make(),
      ...{ purge_due_ms: 1, deleted_at: 't', retention_due_ms: 1, archive_due_ms: 1, reserved_until_ms: 1 },
      active_at: NOW,
    });
    expect(shown).toMatchObject({
      ...{ session_id: uuid, status: 'created', recording_status: 'idle', version: 1, chunk_size_bytes: 5 },
      ...{ compression_enabled: true, encryption_enabled: true, max_size_bytes: 10 * GIB },
      recording_config: {
        frame_rate: 30,
        resolution: '1920x1080',
        quality: 'high',
        compression: 'zstd',
        bitrate: 2_000_000,
      },
      storage_config: { retention_days: 30, max_size_gb: 10, encryption_enabled: true },
    });
    expect([...Value.Errors(Session, shown)]).toEqual([]);
  });

  it('takes the size of its storage config, never more than 100 GiB, and max_size_bytes before both', () => {
    expect(make({ storage_config: { max_size_gb: 20 } }).max_size_bytes).toBe(20 * GIB);
    expect(make({ storage_config: { max_size_gb: 1000 } }).max_size_bytes).toBe(100 * GIB);
    expect(make({ storage_config: { max_size_gb: 20 }, max_size_bytes: GIB }).max_size_bytes).toBe(GIB);
  });

  it.each([
    { compression_enabled: false },
    { storage_config: { compression_enabled: false } },
    { recording_config: { compression: 'none' as const } },
  ])('is not compressed when anybody says so: %j', (wish) => {
    expect(make(wish).compression_enabled).toBe(false);
    expect(make().compression_enabled).toBe(true);
  });

  it('keeps what an update does not name, and works out again what follows from configs', () => {
    const before = make({ max_size_bytes: 7 * GIB, compression_enabled: false });
    expect(updateFields(before, { name: 'm', version: 3 })).toEqual({ name: 'm' });
    const after = updateFields(before, { storage_config: { retention_days: 3 } });
    expect(after).toMatchObject({ max_size_bytes: 7 * GIB, compression_enabled: false });
    expect(after.storage_config).toMatchObject({ retention_days: 3, backup: false });
    expect(updateFields(before, { recording_config: { compression: 'zstd' } }).compression_enabled).toBe(
      true,
    );
    expect(updateFields(before, { storage_config: { max_size_gb: 2 } }).max_size_bytes).toBe(2 * GIB);
    expect(configsOf({ name: 'm', rdp_config: { host: 'h', username: 'u' } })).toEqual(['rdp_config']);
  });

  it('written before there were configs is shown with their defaults', () => {
    const { recording_config: _r, storage_config: _s, version: _v, ...old } = make();
    expect([...Value.Errors(Session, toSession(old as never))]).toEqual([]);
  });

  it('has a time until which it is kept, once it has ended', () => {
    expect(toSession(make())).not.toHaveProperty('retention_until');
    const ended = { ...make(), status: 'completed', completed_at: '2026-01-01T00:00:00.000Z' } as const;
    expect(toSession(ended).retention_until).toBe('2026-01-31T00:00:00.000Z');
    const failed = { ...make(), status: 'failed', updated_at: '2026-02-01T00:00:00.000Z' } as const;
    expect(toSession(failed).retention_until).toBe('2026-03-03T00:00:00.000Z');
  });
});

describe('a wish', () => {
  it.each([
    ['encryption off', { encryption_enabled: false }],
    ['encryption off in storage', { storage_config: { encryption_enabled: false } }],
    ['a screen that is too small', { recording_config: { resolution: '319x240' } }],
    ['a screen that is too low', { recording_config: { resolution: '320x239' } }],
    ['a screen that is too large', { recording_config: { resolution: '7681x4320' } }],
  ])('for %s is refused', (_what, wish) => {
    expect(() => checkWish(wish, open)).toThrow(/configuration/);
  });

  it('for a desktop that is not registered is refused, and in production for any while none is', () => {
    const wish = { rdp_config: { host: 'Desk.example', username: 'u' } };
    expect(() => checkWish(wish, { hosts: ['desk.example'], isProduction: true })).not.toThrow();
    expect(() => checkWish(wish, { hosts: ['other.example'], isProduction: false })).toThrow();
    expect(() => checkWish(wish, { hosts: [], isProduction: true })).toThrow();
    expect(() => checkWish(wish, open)).not.toThrow();
    expect(() => checkWish({ recording_config: { resolution: '7680x4320' } }, open)).not.toThrow();
  });
});

describe('a report', () => {
  const at = (second: number) => new Date(Date.parse(NOW) + second * 1000).toISOString();

  it('sets the time of each phase once, also of one whose own report was lost', () => {
    const lost = progressFields(make(), progress({ status: 'processing' }), at(1));
    expect(lost).toMatchObject({ started_at: at(1), stopped_at: at(1) });
    const before = { ...make(), started_at: at(0), stopped_at: at(1) };
    const later = progressFields(before, progress({ status: 'completed' }), at(2));
    expect(later).toMatchObject({ completed_at: at(2) });
    expect(later.retention_due_ms).toBe(Date.parse(at(2)) + 30 * 86_400_000);
    expect(later).not.toHaveProperty('started_at');
    expect(later).not.toHaveProperty('stopped_at');
  });

  it('notes activity when bytes came in or the status changed, and only then', () => {
    const session = { ...make(), status: 'recording' as const };
    const idle = progressFields(session, progress(), at(5));
    expect(idle).not.toHaveProperty('active_at');
    const statistics = { ...session.statistics, size_bytes: 1 };
    expect(progressFields(session, progress({ statistics }), at(5)).active_at).toBe(at(5));
    expect(progressFields(session, progress({ status: 'paused' }), at(6)).active_at).toBe(at(6));
  });

  it('never moves a time that is set, whatever comes in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...SESSION_STATUSES)), (statuses) => {
        let document = make();
        const first = new Map<string, unknown>();
        for (const [index, status] of statuses.entries()) {
          document = { ...document, ...progressFields(document, progress({ status }), at(index)) };
          for (const name of ['started_at', 'stopped_at', 'completed_at'] as const) {
            if (document[name] && !first.has(name)) first.set(name, document[name]);
            expect(document[name]).toBe(first.get(name));
          }
        }
      }),
    );
  });
});
