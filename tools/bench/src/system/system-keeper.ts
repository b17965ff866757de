import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Belongings } from '../belongings.ts';
import { BenchSystem } from './bench-system.ts';
import { gatewayAddress } from './gateway-address.ts';

interface Kept {
  wish: string;
  system: BenchSystem;
  end: () => Promise<void>;
}

/** Keeps one system running for the benchmarks that want the same; starts another when they want something else. */
export class SystemKeeper {
  readonly #belongings: Belongings;
  readonly #say: (line: string) => void;
  #kept: Kept | undefined;
  #isBuilt = false;

  constructor(belongings: Belongings, say: (line: string) => void) {
    this.#belongings = belongings;
    this.#say = say;
  }

  /** Beside the defaults of the development profile. @param env `NAME=value` or `service:NAME=value` @param set `path=value` */
  async systemWith(env: readonly string[], set: readonly string[] = []): Promise<BenchSystem> {
    const wish = JSON.stringify([env, set]);
    if (this.#kept?.wish === wish) return this.#kept.system;
    await this.end();
    const home = mkdtempSync(join(tmpdir(), 'lucid-bench-home-'));
    const removeHome = this.#belongings.add(() => rmSync(home, { recursive: true, force: true }));
    this.#say(this.#isBuilt ? 'starting the system' : 'building what has changed and starting the system');
    let stop = async (): Promise<void> => undefined;
    const end = async () => {
      await stop();
      await removeHome();
    };
    try {
      const wishes = { home, publish: await gatewayAddress(), env, set, build: !this.#isBuilt };
      const system = await BenchSystem.start(wishes, (stopIt) => {
        stop = this.#belongings.add(stopIt);
      });
      this.#isBuilt = true;
      this.#kept = { wish, system, end };
      return system;
    } catch (error) {
      await end();
      throw error;
    }
  }

  async end(): Promise<void> {
    const kept = this.#kept;
    this.#kept = undefined;
    await kept?.end();
  }
}
