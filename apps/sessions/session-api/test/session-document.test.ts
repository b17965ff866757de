import { SESSION_STATUSES } from '@lucid/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newSession, progressFields, toSession } from '../src/domain/session-document.ts';
import { mayDelete, mayStart, mayStop } from '../src/domain/session-status.ts';
import { progress } from './support/api.ts';

const created = { sessionId: 's', userId: 'u', now: 't0', chunkSizeBytes: 5 };

describe('a session', () => {
  it('is new with defaults, and shows nothing that is kept for ourselves', () => {
    const shown = toSession({ ...newSession({ name: 'n' }, created), purge_due_ms: 1, deleted_at: 't' });
    expect(shown).toMatchObject({
      session_id: 's',
      status: 'created',
      chunk_size_bytes: 5,
      compression_enabled: true,
    });
    for (const hidden of ['_id', 'progress_version', 'purge_due_ms', 'deleted_at'])
      expect(shown).not.toHaveProperty(hidden);
  });

  it('may be started before it ends, stopped while it lives, deleted when nothing works on it', () => {
    expect(SESSION_STATUSES.filter(mayStart)).toEqual(['created', 'starting', 'recording']);
    expect(SESSION_STATUSES.filter(mayStop)).toEqual(['starting', 'recording', 'stopped', 'processing']);
    expect(SESSION_STATUSES.filter(mayDelete)).toEqual(['created', 'completed', 'failed']);
  });
});

describe('a report', () => {
  it('sets the time of each phase once, also of one whose own report was lost', () => {
    const lost = progressFields({}, progress({ status: 'processing' }), 't1');
    expect(lost).toMatchObject({ started_at: 't1', stopped_at: 't1' });
    const later = progressFields(
      { started_at: 't0', stopped_at: 't1' },
      progress({ status: 'completed' }),
      't2',
    );
    expect(later).toMatchObject({ completed_at: 't2' });
    expect(later).not.toHaveProperty('started_at');
    expect(later).not.toHaveProperty('stopped_at');
  });

  it('never moves a time that is set, whatever comes in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...SESSION_STATUSES)), (statuses) => {
        let document: ReturnType<typeof progressFields> = {};
        const first = new Map<string, unknown>();
        for (const [index, status] of statuses.entries()) {
          document = { ...document, ...progressFields(document, progress({ status }), `t${index}`) };
          for (const name of ['started_at', 'stopped_at', 'completed_at'] as const) {
            if (document[name] && !first.has(name)) first.set(name, document[name]);
            expect(document[name]).toBe(first.get(name));
          }
        }
      }),
    );
  });
});
