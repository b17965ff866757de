/**
 * The SQLite file and its group commit. Commands of one turn of the event loop share a transaction; it is committed to the
 * write-ahead log without a sync, and one `fdatasync` of the log, off the main thread, then makes everything committed so
 * far durable. An acknowledgement waits for the sync that covers its commit.
 *
 *   write ──▶ BEGIN … (same turn: more writes) ──▶ COMMIT ──▶ fdatasync(wal) ──▶ acknowledged
 *                                                     └─ while one sync runs, later commits wait for the next
 *
 * SQLite itself runs with synchronous=NORMAL: it syncs the log before a checkpoint and the file after it.
 */
import { closeSync, fdatasync, fdatasyncSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { errors } from '../errors.ts';

/** Bumped when the tables change in a way an older server cannot read. */
const SCHEMA_VERSION = 1;
/** Pages in the log before SQLite moves them to the file: 16 MiB. */
const CHECKPOINT_PAGES = 4096;

interface Waiter {
  resolve: () => void;
  reject: (error: unknown) => void;
}

export interface DiskOptions {
  dataDir: string;
  /** Called when durability can no longer be promised: the process has to end. */
  onFatal: (error: unknown) => void;
  /** Called after a transaction was lost, to read the catalogue again. */
  onRollback: () => void;
}

export class Disk {
  readonly database: DatabaseSync;
  readonly #options: DiskOptions;
  readonly #statements = new Map<string, StatementSync>();
  readonly #walFd: number;
  #open = false;
  #committing: Waiter[] = [];
  #unsynced: Waiter[] = [];
  #dirty = false;
  #syncing = false;

  constructor(options: DiskOptions) {
    this.#options = options;
    mkdirSync(options.dataDir, { recursive: true });
    const path = join(options.dataDir, 'lucid-mongodb.sqlite');
    this.database = new DatabaseSync(path);
    this.database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA cache_size = -65536;
      PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
      PRAGMA journal_size_limit = ${CHECKPOINT_PAGES * 4096};
    `);
    this.#checkVersion();
    this.#walFd = openSync(`${path}-wal`, 'r+');
    this.#syncDirectory();
  }

  #checkVersion(): void {
    const { user_version: version } = this.database.prepare('PRAGMA user_version').get() as {
      user_version: number;
    };
    if (version > SCHEMA_VERSION)
      throw errors.invalidOptions(
        `the data directory was written by a newer version of this server (${version})`,
      );
    // This write also makes sure that the log file exists and that no other process holds the lock.
    this.database.exec(`BEGIN IMMEDIATE; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
  }

  #syncDirectory(): void {
    const fd = openSync(this.#options.dataDir, 'r');
    fdatasyncSync(fd);
    closeSync(fd);
    fdatasyncSync(this.#walFd);
  }

  /** Prepared once, kept for ever: the texts are few per collection. */
  statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const prepared = this.database.prepare(sql);
    this.#statements.set(sql, prepared);
    return prepared;
  }

  /** Drops statements that name a table which is about to go. */
  forget(table: string): void {
    for (const sql of this.#statements.keys()) if (sql.includes(table)) this.#statements.delete(sql);
  }

  /** Has to be called before the first write of a command. */
  beginWrite(): void {
    if (this.#open) return;
    this.database.exec('BEGIN IMMEDIATE');
    this.#open = true;
    setImmediate(() => this.#commit());
  }

  /** All that `run` writes is kept, or, when it throws, nothing of it. */
  atomically<T>(run: () => T): T {
    this.beginWrite();
    this.database.exec('SAVEPOINT part');
    try {
      const result = run();
      this.database.exec('RELEASE part');
      return result;
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK TO part; RELEASE part');
      this.#options.onRollback();
      throw error;
    }
  }

  /** Resolves when everything written so far is committed and, if asked, on disk. */
  settled(durable: boolean): Promise<void> {
    if (this.#open) {
      return new Promise((resolve, reject) => {
        this.#committing.push(
          durable ? { resolve: () => this.#unsynced.push({ resolve, reject }), reject } : { resolve, reject },
        );
      });
    }
    // A sync under way may have begun before the commit that is asked about was noticed: wait for one more.
    if (!durable || (!this.#dirty && !this.#syncing)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#unsynced.push({ resolve, reject });
      this.#sync();
    });
  }

  #commit(): void {
    if (!this.#open) return;
    const waiting = this.#committing;
    this.#committing = [];
    this.#open = false;
    try {
      this.database.exec('COMMIT');
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      this.#options.onRollback();
      for (const { reject } of waiting)
        reject(errors.outOfDiskSpace(`the write was not kept: ${(error as Error).message}`));
      return;
    }
    this.#dirty = true;
    for (const { resolve } of waiting) resolve();
    this.#sync();
  }

  #sync(): void {
    if (this.#syncing || this.#unsynced.length === 0) return;
    const covered = this.#unsynced;
    this.#unsynced = [];
    this.#syncing = true;
    this.#dirty = false;
    fdatasync(this.#walFd, (error) => {
      this.#syncing = false;
      if (error) {
        // After a failed sync the kernel may have dropped the pages: nothing later can be trusted either.
        for (const { reject } of covered) reject(error);
        this.#options.onFatal(error);
        return;
      }
      for (const { resolve } of covered) resolve();
      this.#sync();
    });
  }

  /** Commits, moves the log into the file, and closes. */
  async close(): Promise<void> {
    this.#commit();
    await this.settled(true);
    this.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    closeSync(this.#walFd);
    this.database.close();
  }
}
