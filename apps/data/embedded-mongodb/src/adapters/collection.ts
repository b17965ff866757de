/** One collection in SQLite: a table of documents, a table of keys per index. Callers hold an open transaction to write. */

import { decode } from '../domain/bson/codec.ts';
import { encodeKey } from '../domain/bson/key-encoding.ts';
import { showDocument } from '../domain/bson/show.ts';
import type { Doc } from '../domain/bson/types.ts';
import { type IndexKeys, keysOf } from '../domain/index/index-keys.ts';
import type { IndexSpec } from '../domain/index/index-spec.ts';
import { errors } from '../errors.ts';
import type { Disk } from './disk.ts';

export interface Index {
  /** 0 for the index on _id, which lives in the table of documents. */
  id: number;
  spec: IndexSpec;
  multikey: boolean;
}

export interface Row {
  rid: number;
  bytes: Uint8Array;
}

export interface StoredDoc extends Row {
  doc: Doc;
}

export interface CollectionInit {
  id: number;
  db: string;
  name: string;
  options: Doc;
  uuid: Buffer;
  indexes: Index[];
  disk: Disk;
  /** Notes that an index has become multikey. */
  onMultikey: (index: Index) => void;
}

export class Collection {
  readonly id: number;
  readonly db: string;
  readonly name: string;
  readonly uuid: Buffer;
  options: Doc;
  indexes: Index[];
  readonly disk: Disk;
  readonly #onMultikey: (index: Index) => void;

  constructor(init: CollectionInit) {
    this.id = init.id;
    this.db = init.db;
    this.name = init.name;
    this.options = init.options;
    this.uuid = init.uuid;
    this.indexes = init.indexes;
    this.disk = init.disk;
    this.#onMultikey = init.onMultikey;
  }

  get namespace(): string {
    return `${this.db}.${this.name}`;
  }
  get table(): string {
    return `c${this.id}`;
  }
  tableOf(index: Index): string {
    return index.id === 0 ? this.table : `x${index.id}`;
  }
  get #secondary(): Index[] {
    return this.indexes.filter(({ id }) => id !== 0);
  }

  count(): number {
    return Number(this.disk.statement(`SELECT count(*) AS n FROM ${this.table}`).get()?.n ?? 0);
  }

  sizeBytes(): number {
    return Number(this.disk.statement(`SELECT sum(length(doc)) AS n FROM ${this.table}`).get()?.n ?? 0);
  }

  byRid(rid: number): Row | undefined {
    return this.disk.statement(`SELECT rid, doc AS bytes FROM ${this.table} WHERE rid = ?`).get(rid) as
      | Row
      | undefined;
  }

  /** @throws CommandError DuplicateKey; then nothing was written */
  insert(doc: Doc, bytes: Uint8Array): void {
    const entries = this.#secondary.map((index) => ({ index, keys: keysOf(doc, index.spec) }));
    const idKey = encodeKey(doc._id);
    if (this.disk.statement(`SELECT 1 FROM ${this.table} WHERE id_key = ?`).get(idKey))
      throw this.#duplicateId(doc);
    for (const entry of entries) this.#refuseTaken(entry.index, entry.keys, undefined);
    const { lastInsertRowid } = this.disk
      .statement(`INSERT INTO ${this.table}(id_key, doc) VALUES (?, ?)`)
      .run(idKey, bytes);
    for (const { index, keys } of entries) this.#addKeys(index, keys, Number(lastInsertRowid));
  }

  /** @throws CommandError DuplicateKey; then nothing was written */
  replace(rid: number, before: Doc, after: Doc, bytes: Uint8Array): void {
    const changes = this.#secondary.map((index) => this.#keyChange(index, before, after));
    for (const { index, added } of changes) this.#refuseTaken(index, added, rid);
    this.disk.statement(`UPDATE ${this.table} SET doc = ? WHERE rid = ?`).run(bytes, rid);
    for (const { index, removed, added } of changes) {
      this.#dropKeys(index, removed, rid);
      this.#addKeys(index, added, rid);
    }
  }

  remove(rid: number, doc: Doc): void {
    for (const index of this.#secondary) this.#dropKeys(index, keysOf(doc, index.spec).keys, rid);
    this.disk.statement(`DELETE FROM ${this.table} WHERE rid = ?`).run(rid);
  }

  #keyChange(index: Index, before: Doc, after: Doc): { index: Index; removed: Buffer[]; added: IndexKeys } {
    const old = keysOf(before, index.spec);
    const now = keysOf(after, index.spec);
    const stays = (key: Buffer, others: Buffer[]): boolean => others.some((other) => other.equals(key));
    const fresh = now.keys.map((key) => !stays(key, old.keys));
    return {
      index,
      removed: old.keys.filter((key) => !stays(key, now.keys)),
      added: {
        multikey: now.multikey,
        keys: now.keys.filter((_, i) => fresh[i]),
        rows: now.rows.filter((_, i) => fresh[i]),
      },
    };
  }

  #refuseTaken(index: Index, { keys, rows }: IndexKeys, rid: number | undefined): void {
    if (!index.spec.unique) return;
    const find = this.disk.statement(`SELECT rid FROM ${this.tableOf(index)} WHERE key = ?`);
    keys.forEach((key, i) => {
      const taken = find.get(key);
      if (taken && taken.rid !== rid) throw duplicateKey(this.namespace, index.spec, rows[i] ?? []);
    });
  }

  #duplicateId(doc: Doc): Error {
    const spec = this.indexes.find(({ id }) => id === 0)?.spec;
    return spec
      ? duplicateKey(this.namespace, spec, [doc._id])
      : errors.internal('the collection has no _id index');
  }

  #addKeys(index: Index, { keys, multikey }: IndexKeys, rid: number): void {
    if (multikey && !index.multikey) this.#onMultikey(index);
    const insert = this.disk.statement(`INSERT INTO ${this.tableOf(index)}(key, rid) VALUES (?, ?)`);
    for (const key of keys) insert.run(key, rid);
  }

  #dropKeys(index: Index, keys: Buffer[], rid: number): void {
    const remove = this.disk.statement(`DELETE FROM ${this.tableOf(index)} WHERE key = ? AND rid = ?`);
    for (const key of keys) remove.run(key, rid);
  }

  /** Fills a new index from the documents there are. @throws CommandError DuplicateKey */
  build(index: Index): void {
    const next = this.disk.statement(
      `SELECT rid, doc AS bytes FROM ${this.table} WHERE rid > ? ORDER BY rid LIMIT 256`,
    );
    for (let last = 0; ; ) {
      const rows = next.all(last) as unknown as Row[];
      for (const { rid, bytes } of rows) {
        const keys = keysOf(decode(bytes), index.spec);
        this.#refuseTaken(index, keys, rid);
        this.#addKeys(index, keys, rid);
        last = rid;
      }
      if (rows.length === 0) return;
    }
  }
}

/** E11000 in MongoDB's words, with the fields drivers read. */
export function duplicateKey(namespace: string, spec: IndexSpec, row: unknown[]): Error {
  const keyValue: Doc = Object.fromEntries(spec.fields.map(({ path }, i) => [path, row[i] ?? null]));
  return errors.duplicateKey(
    `E11000 duplicate key error collection: ${namespace} index: ${spec.name} dup key: ${showDocument(keyValue)}`,
    { keyPattern: spec.raw.key, keyValue },
  );
}
