import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Chunk, Session } from '@lucid/contracts';
import { WORKSPACE_ROOT } from '@lucid/testing';
import { type Answer, ask, type Question } from './gateway.ts';
import { type Ended, type Running, run, start } from './run.ts';
import type { LucidSystem } from './system.ts';

const LUCID = join(WORKSPACE_ROOT, 'tools/cli/bin/lucid.mjs');

export interface Profile {
  url: string;
  email: string;
  access_token: string;
  refresh_token: string;
  genesis_hash: string;
}

/** Runs `lucid` with a profile file of its own. */
export function lucid(profile: string, args: readonly string[], input?: string | Readable): Promise<Ended> {
  return startLucid(profile, args, input).ended;
}

export function startLucid(profile: string, args: readonly string[], input?: string | Readable): Running {
  return start(process.execPath, [LUCID, ...args], {
    cwd: join(profile, '..'),
    env: { LUCID_PROFILE: profile },
    ...(input === undefined ? {} : { input }),
  });
}

/** The same without any network: `lucid` in a network namespace that has not even a loopback address. */
export function lucidWithoutNetwork(profile: string, args: readonly string[]): Promise<Ended> {
  return run('unshare', ['--net', process.execPath, LUCID, ...args], {
    cwd: join(profile, '..'),
    env: { LUCID_PROFILE: profile },
  });
}

/** What a person needs of a system: where it is, and a folder for the profile. */
export type Reachable = Pick<LucidSystem, 'url' | 'folder'>;

/** Somebody with an account, who uses the command line like everybody, and the gateway where the command has no word for it. */
export class Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly profilePath: string;
  readonly #system: Reachable;

  private constructor(system: Reachable, name: string) {
    this.#system = system;
    this.name = name;
    this.email = `${name}@example.com`;
    this.password = `Correct-horse-1-${name}`;
    this.profilePath = join(system.folder.path, `${name}.profile.json`);
  }

  /** Creates the account and signs in. */
  static async join(system: Reachable, name: string): Promise<Person> {
    const person = new Person(system, name);
    const { code, err } = await person.signIn('--register');
    if (code !== 0) throw new Error(`${name} could not register (${code}): ${err}`);
    return person;
  }

  /** The same without the command line, for many people in little time. */
  static async joinQuickly(system: Reachable, name: string): Promise<Person> {
    const person = new Person(system, name);
    const { email, password } = person;
    const post = async (path: string, body: object): Promise<unknown> => {
      const answer = await ask(system.url, { method: 'POST', path: `/api/v1/auth${path}`, body });
      if (answer.status >= 300) throw new Error(`${path} of ${name}: ${answer.status} ${answer.text}`);
      return answer.json;
    };
    await post('/register', { email, password, username: name });
    const tokens = await post('/login', { email, password });
    await writeFile(person.profilePath, JSON.stringify({ url: system.url, email, ...(tokens as object) }));
    return person;
  }

  signIn(...more: string[]): Promise<Ended> {
    const args = ['login', '--url', this.#system.url, '--email', this.email, '--password-stdin', ...more];
    return this.lucid(args, `${this.password}\n`);
  }

  get profile(): Profile {
    return JSON.parse(readFileSync(this.profilePath, 'utf8')) as Profile;
  }

  lucid(args: readonly string[], input?: string | Readable): Promise<Ended> {
    return lucid(this.profilePath, args, input);
  }

  start(args: readonly string[], input?: string | Readable): Running {
    return startLucid(this.profilePath, args, input);
  }

  /** Asks the gateway, signed in. */
  ask(question: Question): Promise<Answer> {
    return ask(this.#system.url, { token: this.profile.access_token, ...question });
  }

  /** A GET that must succeed, below `/api/v1`. */
  async get<Body>(path: string): Promise<Body> {
    const answer = await this.ask({ path: `/api/v1${path}` });
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.text}`);
    return answer.json as Body;
  }

  /** Records and waits for the anchor. @throws Error with what the command said */
  async record(path: string, ...options: string[]): Promise<Session> {
    const { code, out, err } = await this.lucid(['record', path, '--json', ...options]);
    if (code !== 0) throw new Error(`recording ${path} ended with ${code}: ${err}`);
    return JSON.parse(out) as Session;
  }

  /** Fetches proof, encrypted chunks and decrypted recording into a folder. */
  async fetchAll(sessionId: string, folder: string): Promise<Fetched> {
    const bundle = join(folder, 'bundle.json');
    const recording = join(folder, 'recording');
    const chunksFolder = join(folder, 'chunks');
    await this.#must(['proof', sessionId, '-o', bundle]);
    const { out } = await this.#must(['download', sessionId, '--chunks', chunksFolder, '--json']);
    await this.#must(['download', sessionId, '-o', recording]);
    return { bundle, recording, chunks: (JSON.parse(out) as { files: string[] }).files };
  }

  /** The same without the command line, for many recordings in little time. */
  async fetchQuickly(sessionId: string, folder: string): Promise<Fetched> {
    const save = async (path: string, name: string): Promise<string> => {
      const answer = await this.ask({ path: `/api/v1/sessions/${sessionId}${path}` });
      if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text.slice(0, 500)}`);
      await writeFile(join(folder, name), answer.bytes);
      return join(folder, name);
    };
    const list = await this.get<{ chunks: Chunk[] }>(`/sessions/${sessionId}/chunks?limit=1000`);
    const chunks: string[] = [];
    for (const { chunk_id, sequence_number } of list.chunks)
      chunks.push(
        await save(`/chunks/${chunk_id}/download`, `${String(sequence_number).padStart(6, '0')}.bin`),
      );
    return {
      bundle: await save('/proof', 'bundle.json'),
      recording: await save('/download', 'recording'),
      chunks,
    };
  }

  async #must(args: readonly string[]): Promise<Ended> {
    const ended = await this.lucid(args);
    if (ended.code !== 0) throw new Error(`lucid ${args.join(' ')} ended with ${ended.code}: ${ended.err}`);
    return ended;
  }
}

/** Paths of what proves a recording offline. */
export interface Fetched {
  bundle: string;
  recording: string;
  /** Chunk files in order. */
  chunks: string[];
}
