import type { SessionEvent } from '@lucid/contracts';
import { FakeClock } from '@lucid/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { teller } from '../src/adapters/teller.ts';
import { newSession, type SessionDocument } from '../src/domain/session-document.ts';
import { NOW } from './support/facts.ts';

const first = newSession({ name: 'n' }, { sessionId: 's', userId: 'u', now: NOW, chunkSizeBytes: 5 });
let events: SessionEvent[];
let closes: unknown[][];
let isFull: boolean;
let tell: (session: SessionDocument) => void;

beforeEach(() => {
  [events, closes, isFull] = [[], [], false];
  const feed = {
    get isFull() {
      return isFull;
    },
    send: (text: string) => void events.push(JSON.parse(text)),
    close: async (...how: unknown[]) => void closes.push(how),
  };
  tell = teller(feed, new FakeClock());
});

const after = (version: number, fields: Partial<SessionDocument> = {}): SessionDocument => ({
  ...first,
  ...{ status: 'recording', progress_version: version },
  statistics: { size_bytes: version, chunks_count: version, chunks_stored: version, stored_bytes: version },
  ...fields,
});
const types = () => events.map(({ type }) => type);

describe('the teller of a feed', () => {
  it('keeps nothing for a reader that takes nothing, and tells it the outcome when it has room', () => {
    tell(first);
    isFull = true;
    for (let version = 1; version < 1000; version++) tell(after(version));
    expect(types()).toEqual(['snapshot']);
    isFull = false;
    tell(after(1000));
    expect(types()).toEqual(['snapshot', 'status', 'statistics', 'chunks_stored']);
    expect(events.at(-1)).toMatchObject({ chunks_stored: 1000, sequence: 4 });
  });

  it('tells a full reader of the end as soon as it has room, and closes then', () => {
    tell(first);
    isFull = true;
    tell(after(5, { status: 'completed' }));
    expect(closes).toEqual([]);
    isFull = false;
    tell(after(5, { status: 'completed' }));
    expect(closes).toEqual([[1000, 'completed']]);
    tell(after(6, { status: 'completed' }));
    expect(types().filter((type) => type === 'end')).toHaveLength(1);
  });

  it('is not led back by a look that was begun earlier and came later', () => {
    tell(after(7));
    tell(after(3));
    tell(after(7, { version: 0, status: 'paused' }));
    expect(types()).toEqual(['snapshot']);
  });
});
