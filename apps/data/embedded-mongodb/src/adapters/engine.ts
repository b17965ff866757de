/** Everything commands work on, put together. */
import type { Clock, Random } from '@lucid/clock';
import { Catalog } from './catalog.ts';
import { Cursors } from './cursors.ts';
import { Disk } from './disk.ts';
import { RetryableWrites } from './retryable-writes.ts';
import { Users } from './users.ts';

export interface EngineOptions {
  dataDir: string;
  clock: Clock;
  random: Random;
  onFatal: (error: unknown) => void;
  /** Cursors nobody asked of for this long are closed. @default 600000, MongoDB's */
  cursorTimeoutMs?: number;
}

export class Engine {
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: Disk;
  readonly catalog: Catalog;
  readonly cursors: Cursors;
  readonly retryableWrites: RetryableWrites;
  readonly users: Users;
  readonly startedAtMs: number;
  /** Makes up keys for users that do not exist. */
  readonly decoySecret: Buffer;
  /** Rows looked at since the start; the metrics read it. */
  documentsScanned = 0;

  constructor(options: EngineOptions) {
    this.clock = options.clock;
    this.random = options.random;
    this.startedAtMs = options.clock.nowMs();
    this.decoySecret = options.random.bytes(32);
    this.disk = new Disk({
      dataDir: options.dataDir,
      onFatal: options.onFatal,
      onRollback: () => this.catalog.reload(),
    });
    this.users = new Users(this.disk);
    this.retryableWrites = new RetryableWrites(this.disk);
    this.catalog = new Catalog(this.disk, () => options.random.bytes(16));
    this.cursors = new Cursors(options.cursorTimeoutMs ?? 600_000);
  }

  async close(): Promise<void> {
    await this.disk.close();
  }
}
