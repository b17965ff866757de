/** Which databases, collections and indexes exist. Kept in memory, written with the data. */

import { decode, encode } from '../domain/bson/codec.ts';
import { int } from '../domain/bson/numbers.ts';
import type { Doc } from '../domain/bson/types.ts';
import { type IndexSpec, parseIndexSpec, sameKey, sameOptions } from '../domain/index/index-spec.ts';
import { errors } from '../errors.ts';
import { Collection, type Index } from './collection.ts';
import type { Disk } from './disk.ts';

const TABLES = `
  CREATE TABLE IF NOT EXISTS catalog_collections (
    id INTEGER PRIMARY KEY AUTOINCREMENT, db TEXT NOT NULL, name TEXT NOT NULL, options BLOB NOT NULL, uuid BLOB NOT NULL,
    UNIQUE (db, name));
  CREATE TABLE IF NOT EXISTS catalog_indexes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, collection_id INTEGER NOT NULL, spec BLOB NOT NULL, multikey INTEGER NOT NULL);
`;
const idIndex = (): Index => ({
  id: 0,
  spec: { ...parseIndexSpec({ key: { _id: int(1) }, name: '_id_' }), unique: true },
  multikey: false,
});

export class Catalog {
  readonly #disk: Disk;
  readonly #newUuid: () => Buffer;
  #collections = new Map<string, Collection>();

  constructor(disk: Disk, newUuid: () => Buffer) {
    this.#disk = disk;
    this.#newUuid = newUuid;
    disk.database.exec(TABLES);
    this.reload();
  }

  /** Reads everything from disk again; needed after a lost transaction. */
  reload(): void {
    this.#collections = new Map();
    const indexes = this.#disk.database.prepare('SELECT * FROM catalog_indexes ORDER BY id').all();
    for (const row of this.#disk.database.prepare('SELECT * FROM catalog_collections ORDER BY id').all()) {
      const own = indexes
        .filter((index) => index.collection_id === row.id)
        .map((index) => ({
          id: Number(index.id),
          spec: parseIndexSpec(decode(index.spec as Uint8Array)),
          multikey: index.multikey === 1,
        }));
      const uuid = Buffer.from(row.uuid as Uint8Array);
      this.#add(
        Number(row.id),
        String(row.db),
        String(row.name),
        decode(row.options as Uint8Array),
        uuid,
        own,
      );
    }
  }

  #add(id: number, db: string, name: string, options: Doc, uuid: Buffer, indexes: Index[]): Collection {
    const onMultikey = (index: Index): void => {
      index.multikey = true;
      this.#disk.statement('UPDATE catalog_indexes SET multikey = 1 WHERE id = ?').run(index.id);
    };
    const init = {
      id,
      db,
      name,
      options,
      uuid,
      indexes: [idIndex(), ...indexes],
      disk: this.#disk,
      onMultikey,
    };
    const collection = new Collection(init);
    this.#collections.set(`${db}.${name}`, collection);
    return collection;
  }

  get(db: string, name: string): Collection | undefined {
    return this.#collections.get(`${db}.${name}`);
  }

  all(): Collection[] {
    return [...this.#collections.values()];
  }

  ofDatabase(db: string): Collection[] {
    return this.all().filter((collection) => collection.db === db);
  }

  databases(): string[] {
    return [...new Set(this.all().map(({ db }) => db))].sort();
  }

  /** @throws CommandError InvalidNamespace */
  getOrCreate(db: string, name: string): Collection {
    return this.get(db, name) ?? this.create(db, name, {});
  }

  create(db: string, name: string, options: Doc): Collection {
    checkNamespace(db, name);
    this.#disk.beginWrite();
    const uuid = this.#newUuid();
    const { lastInsertRowid } = this.#disk
      .statement('INSERT INTO catalog_collections(db, name, options, uuid) VALUES (?, ?, ?, ?)')
      .run(db, name, encode(options), uuid);
    const id = Number(lastInsertRowid);
    this.#disk.database.exec(
      `CREATE TABLE c${id} (rid INTEGER PRIMARY KEY, id_key BLOB NOT NULL UNIQUE, doc BLOB NOT NULL)`,
    );
    return this.#add(id, db, name, options, uuid, []);
  }

  setOptions(collection: Collection, options: Doc): void {
    this.#disk.beginWrite();
    this.#disk
      .statement('UPDATE catalog_collections SET options = ? WHERE id = ?')
      .run(encode(options), collection.id);
    collection.options = options;
  }

  drop(collection: Collection): void {
    this.#disk.beginWrite();
    for (const index of collection.indexes) if (index.id !== 0) this.#dropIndexTable(collection, index);
    this.#dropTable(collection.table);
    this.#disk.statement('DELETE FROM catalog_collections WHERE id = ?').run(collection.id);
    this.#collections.delete(collection.namespace);
  }

  rename(collection: Collection, db: string, name: string): void {
    checkNamespace(db, name);
    this.#disk.beginWrite();
    this.#disk
      .statement('UPDATE catalog_collections SET db = ?, name = ? WHERE id = ?')
      .run(db, name, collection.id);
    this.#collections.delete(collection.namespace);
    const own = collection.indexes.filter(({ id }) => id !== 0);
    this.#add(collection.id, db, name, collection.options, collection.uuid, own);
  }

  /** @returns false when the same index exists already. @throws CommandError when a different one stands in the way */
  createIndex(collection: Collection, spec: IndexSpec): boolean {
    if (this.#exists(collection, spec)) return false;
    this.#disk.atomically(() => {
      const { lastInsertRowid } = this.#disk
        .statement('INSERT INTO catalog_indexes(collection_id, spec, multikey) VALUES (?, ?, 0)')
        .run(collection.id, encode(spec.raw));
      const id = Number(lastInsertRowid);
      const key = spec.unique ? 'PRIMARY KEY (key)' : 'PRIMARY KEY (key, rid)';
      this.#disk.database.exec(
        `CREATE TABLE x${id} (key BLOB NOT NULL, rid INTEGER NOT NULL, ${key}) WITHOUT ROWID`,
      );
      const index: Index = { id, spec, multikey: false };
      collection.build(index);
      collection.indexes = [...collection.indexes, index];
    });
    return true;
  }

  #exists(collection: Collection, spec: IndexSpec): boolean {
    for (const { spec: known } of collection.indexes) {
      if (
        known.name === spec.name &&
        !(sameKey(known, spec) && sameOptions(known, spec)) &&
        known.name !== '_id_'
      )
        throw errors.indexKeySpecsConflict(
          `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${spec.name}`,
        );
      if (!sameKey(known, spec)) continue;
      if (known.name === '_id_') return true;
      if (!sameOptions(known, spec) && known.name !== spec.name && known.partial) continue;
      if (known.name !== spec.name || !sameOptions(known, spec))
        throw errors.indexOptionsConflict(`Index already exists with a different name: ${known.name}`);
      return true;
    }
    return false;
  }

  /** Replaces a definition whose keys stay the same. */
  redefineIndex(index: Index, spec: IndexSpec): void {
    this.#disk.beginWrite();
    this.#disk.statement('UPDATE catalog_indexes SET spec = ? WHERE id = ?').run(encode(spec.raw), index.id);
    index.spec = spec;
  }

  dropIndex(collection: Collection, index: Index): void {
    this.#disk.beginWrite();
    this.#dropIndexTable(collection, index);
    collection.indexes = collection.indexes.filter((other) => other !== index);
  }

  #dropIndexTable(collection: Collection, index: Index): void {
    this.#dropTable(collection.tableOf(index));
    this.#disk.statement('DELETE FROM catalog_indexes WHERE id = ?').run(index.id);
  }

  #dropTable(table: string): void {
    this.#disk.forget(`${table} `);
    this.#disk.forget(`${table}(`);
    this.#disk.database.exec(`DROP TABLE ${table}`);
  }
}

/** @throws CommandError InvalidNamespace */
export function checkNamespace(db: string, name: string): void {
  if (name === '' || name.startsWith('.') || name.endsWith('.') || name.includes('$') || name.includes('\0'))
    throw errors.invalidNamespace(`Invalid collection name: ${name}`);
  if (name.startsWith('system.')) throw errors.invalidNamespace(`cannot write to '${db}.${name}'`);
  if (db === '' || /[/\\. "$\0]/.test(db) || db.length > 63)
    throw errors.invalidNamespace(`Invalid database name: '${db}'`);
  if (Buffer.byteLength(`${db}.${name}`) > 255)
    throw errors.invalidNamespace(`Fully qualified namespace is too long. Namespace: ${db}.${name} Max: 255`);
}
