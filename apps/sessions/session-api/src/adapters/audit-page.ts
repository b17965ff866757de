import type { AuditRow, KeyAuditEntry } from '@lucid/contracts';
import { ServiceError } from '@lucid/errors';
import type { Deps } from './deps.ts';

/** The rows of keys that are read into one page: more than any session has but one that is downloaded day and night. */
const KEY_PAGE = 100;
const MOST_KEY_PAGES = 10;

interface Wish {
  event: string | undefined;
  skip: number;
  limit: number;
}

/**
 * One page of what was done with a session, newest first: our rows and those that the key service keeps of its key. While that one does
 * not answer, ours alone.
 */
export async function auditPage(
  { audit, clients, logger }: Pick<Deps, 'audit' | 'clients' | 'logger'>,
  sessionId: string,
  { event, skip, limit }: Wish,
): Promise<{ entries: AuditRow[]; total: number }> {
  const isOfKeys = event === undefined || event.startsWith('key_');
  const keyRows = isOfKeys
    ? (await keyAudit(clients, sessionId, logger)).filter((row) => !event || row.event_type === event)
    : [];
  const own = await audit.page(sessionId, { event, skip: 0, limit: skip + limit });
  const merged = [...own.entries, ...keyRows].toSorted((left, right) =>
    right.timestamp.localeCompare(left.timestamp),
  );
  return { entries: merged.slice(skip, skip + limit), total: own.total + keyRows.length };
}

async function keyAudit(
  { keys }: Pick<Deps['clients'], 'keys'>,
  session_id: string,
  logger: Deps['logger'],
): Promise<AuditRow[]> {
  const rows: AuditRow[] = [];
  try {
    for (let page = 1; page <= MOST_KEY_PAGES; page++) {
      const { body } = await keys.listKeyAudit({ params: { session_id }, query: { page, limit: KEY_PAGE } });
      rows.push(...body.entries.map(toRow));
      if (page >= body.pagination.pages) break;
    }
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    logger.warn({ err: error, session_id }, 'the audit log is told without what was done with the key');
  }
  return rows;
}

const EVENTS = {
  key_created: 'key_created',
  key_rewrapped: 'key_used',
  key_destroyed: 'key_destroyed',
  chunk_opened: 'key_used',
} as const;
const RESULTS = { started: 'ok', done: 'ok', refused: 'refused' } as const;

function toRow(entry: KeyAuditEntry): AuditRow {
  const { log_id, event, outcome, session_id, sequence_number, caller, user_id, reason, at } = entry;
  return {
    ...{ log_id, event_type: EVENTS[event], session_id, action: event, result: RESULTS[outcome] },
    ...(user_id === undefined ? {} : { user_id }),
    resource: `sessions/${session_id}/${sequence_number === undefined ? 'key' : `chunks/${sequence_number}`}`,
    details: { caller, outcome, ...(reason === undefined ? {} : { reason }) },
    timestamp: at,
  };
}
