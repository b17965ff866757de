/** Who may log in: SCRAM keys only, never a password. */
import { deriveKeys, type ScramKeys } from '../domain/scram.ts';
import type { Disk } from './disk.ts';

export class Users {
  readonly #disk: Disk;

  constructor(disk: Disk) {
    this.#disk = disk;
    disk.database.exec(`CREATE TABLE IF NOT EXISTS users (
      name TEXT PRIMARY KEY, salt BLOB NOT NULL, iterations INTEGER NOT NULL, stored_key BLOB NOT NULL, server_key BLOB NOT NULL)`);
  }

  find(name: string): ScramKeys | undefined {
    const row = this.#disk.statement('SELECT * FROM users WHERE name = ?').get(name);
    if (!row) return undefined;
    const bytes = (value: unknown): Buffer => Buffer.from(value as Uint8Array);
    return {
      salt: bytes(row.salt),
      iterations: Number(row.iterations),
      storedKey: bytes(row.stored_key),
      serverKey: bytes(row.server_key),
    };
  }

  /** Makes the configured user the only one; keeps the keys when the password is still the same. */
  setOnly(name: string, password: string, salt: Buffer): void {
    const known = this.find(name);
    const same =
      known && deriveKeys(password, known.salt, known.iterations).storedKey.equals(known.storedKey);
    this.#disk.beginWrite();
    this.#disk.statement('DELETE FROM users WHERE name <> ?').run(name);
    if (same) return;
    const { iterations, storedKey, serverKey } = deriveKeys(password, salt);
    this.#disk
      .statement(
        'INSERT OR REPLACE INTO users(name, salt, iterations, stored_key, server_key) VALUES (?, ?, ?, ?, ?)',
      )
      .run(name, salt, iterations, storedKey, serverKey);
  }
}
