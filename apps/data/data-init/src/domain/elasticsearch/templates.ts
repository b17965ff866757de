import { type ElasticsearchWanted, replicaCount } from './wanted.ts';

/** The body of `PUT /_index_template/{name}`. */
export interface IndexTemplate {
  readonly index_patterns: readonly string[];
  readonly priority: number;
  readonly template: {
    readonly settings: { readonly index: Readonly<Record<string, string | number>> };
    readonly mappings: { readonly dynamic: 'strict'; readonly properties: Readonly<Record<string, Field>> };
  };
}

interface Field {
  readonly type: 'keyword' | 'text' | 'date' | 'long';
  readonly fields?: Readonly<Record<string, Field>>;
}

const keyword: Field = { type: 'keyword' };
const date: Field = { type: 'date' };
const long: Field = { type: 'long' };
const text: Field = { type: 'text' };
/** Searched by word, sorted and grouped as a whole. */
const name: Field = { type: 'text', fields: { raw: keyword } };

interface Index {
  readonly refreshSeconds: number;
  readonly properties: Readonly<Record<string, Field>>;
}

/**
 * What can be searched. No e-mail, no user names, no RDP hosts: the index is a copy that may be lost, and may be read by
 * more people than the database.
 */
const indices: Readonly<Record<'sessions' | 'users' | 'blocks', Index>> = {
  sessions: {
    refreshSeconds: 5,
    properties: {
      session_id: keyword,
      user_id: keyword,
      name,
      description: text,
      status: keyword,
      pipeline_status: keyword,
      anchoring_status: keyword,
      size_bytes: long,
      chunks_count: long,
      merkle_root: keyword,
      created_at: date,
      started_at: date,
      stopped_at: date,
      completed_at: date,
      updated_at: date,
    },
  },
  users: {
    refreshSeconds: 5,
    properties: {
      user_id: keyword,
      role: keyword,
      status: keyword,
      created_at: date,
      last_login: date,
      updated_at: date,
    },
  },
  blocks: {
    refreshSeconds: 30,
    properties: {
      block_hash: keyword,
      previous_hash: keyword,
      merkle_root: keyword,
      validator: keyword,
      transaction_ids: keyword,
      session_ids: keyword,
      height: long,
      transactions_count: long,
      timestamp: date,
      updated_at: date,
    },
  },
};

/** Above the templates Elasticsearch ships (at most 200). */
const PRIORITY = 300;

/**
 * The templates by name. `dynamic: strict` refuses documents with fields that are not listed, so that nothing personal
 * gets in by accident. The highest `max_result_window` is what the search API allows (size + from).
 */
export function wantedTemplates(wanted: ElasticsearchWanted): ReadonlyMap<string, IndexTemplate> {
  const entries = Object.entries(indices).map(([kind, { refreshSeconds, properties }]) => {
    const index = `${wanted.prefix}-${kind}`;
    const settings = {
      number_of_shards: 1,
      number_of_replicas: replicaCount(wanted),
      refresh_interval: `${refreshSeconds}s`,
      max_result_window: 10_000,
    };
    const template: IndexTemplate = {
      index_patterns: [index, `${index}-*`],
      priority: PRIORITY,
      template: { settings: { index: settings }, mappings: { dynamic: 'strict', properties } },
    };
    return [index, template] as const;
  });
  return new Map(entries);
}

/** Settings that may change while an index is open, so that those that exist follow the templates. */
const DYNAMIC = ['number_of_replicas', 'refresh_interval', 'max_result_window'] as const;

export type IndexSettings = Readonly<Record<string, string | number>>;

export const dynamicSettings = ({ template }: IndexTemplate): IndexSettings =>
  Object.fromEntries(DYNAMIC.map((key) => [key, template.settings.index[key] ?? '']));

/** True when both say the same: Elasticsearch returns numbers of settings as text, and leaves the order to itself. */
export function saysTheSame(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null)
    return String(one) === String(other);
  const [left, right] = [one as Record<string, unknown>, other as Record<string, unknown>];
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => saysTheSame(left[key], right[key]));
}
