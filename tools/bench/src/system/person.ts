import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WORKSPACE_ROOT } from '@lucid/testing';
import type { Belongings } from '../belongings.ts';
import { runTimed, type TimedRun } from './run-timed.ts';

const LUCID = join(WORKSPACE_ROOT, 'tools/cli/bin/lucid.mjs');

/** Somebody with an account, who uses the command line. */
export class Person {
  readonly #belongings: Belongings;
  readonly #profile: string;

  private constructor(belongings: Belongings, profile: string) {
    this.#belongings = belongings;
    this.#profile = profile;
  }

  /** Makes an account and signs in. @param folder where the profile is kept */
  static async join(belongings: Belongings, url: string, folder: string): Promise<Person> {
    const name = `bench-${randomBytes(4).toString('hex')}`;
    const person = new Person(belongings, join(folder, 'profile.json'));
    const account = ['--url', url, '--email', `${name}@example.com`, '--register', '--password-stdin'];
    await person.lucid(['login', ...account], `Bench-1-${randomBytes(18).toString('base64url')}\n`);
    return person;
  }

  /** Runs `lucid`. @throws Error with what it said when it fails */
  lucid(args: readonly string[], input = ''): Promise<TimedRun> {
    return runTimed(this.#belongings, '"$@"', {
      args: [process.execPath, LUCID, ...args],
      env: { LUCID_PROFILE: this.#profile },
      input,
    });
  }

  get accessToken(): string {
    return (JSON.parse(readFileSync(this.#profile, 'utf8')) as { access_token: string }).access_token;
  }
}
