// `docker` and `kubectl` as programs that answer from a list and write down what they were asked.
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TemporaryFolder, temporaryFolder } from '@lucid/testing';

/** Shell pattern of the arguments, what is answered, and the exit code where that is not 0. */
export type Answer = readonly [pattern: string, output: string, exitCode?: number];

export class FakeClients {
  readonly #folder: TemporaryFolder = temporaryFolder('fake-clients');
  readonly #path = process.env.PATH;
  /** For the state of the engine under test. */
  readonly home = join(this.#folder.path, 'home');

  constructor() {
    process.env.PATH = `${this.#folder.path}:/usr/bin:/bin`;
  }

  /** What a client says from now on: of the patterns that match, the first counts. */
  answers(client: 'docker' | 'kubectl', answers: readonly Answer[]): void {
    const texts = join(this.#folder.path, client.concat('.answers'));
    mkdirSync(texts, { recursive: true });
    const cases = answers.map(([pattern, output, exitCode = 0], at) => {
      writeFileSync(join(texts, String(at)), output);
      return `${pattern}) cat ${join(texts, String(at))}${exitCode === 0 ? '' : ' >&2'}; exit ${exitCode};;`;
    });
    const unknown = `*) echo "unexpected: $*" >&2; exit 99;;`;
    this.script(client, ['case "$*" in', ...cases, unknown, 'esac'].join('\n'));
  }

  /** A client that does what a shell script says. */
  script(client: 'docker' | 'kubectl', lines: string): void {
    const written = `printf '%s %s\\n' "\${DOCKER_HOST:-here} ${client}" "$*" >> ${this.#askedFile}`;
    const script = ['#!/bin/sh', written, lines, ''].join('\n');
    const file = join(this.#folder.path, client);
    writeFileSync(file, script);
    chmodSync(file, 0o755);
  }

  /** A client that never ends when it is given this command, and answers the others as before. */
  holds(client: 'docker' | 'kubectl', command: string): void {
    const file = join(this.#folder.path, client);
    const [, , ...before] = readFileSync(file, 'utf8').trimEnd().split('\n');
    this.script(client, [`[ "$1" = ${command} ] && exec sleep 600`, ...before].join('\n'));
  }

  /** Lines `<host> <client> <arguments>`, without the host where it is the default one; forgotten by asking. */
  asked(): string[] {
    if (!existsSync(this.#askedFile)) return [];
    const taken = `${this.#askedFile}.taken`;
    renameSync(this.#askedFile, taken); // what is written meanwhile begins a new one
    const lines = readFileSync(taken, 'utf8').trimEnd().split('\n');
    return lines.map((line) => line.replace(/^here /, ''));
  }

  remove(): void {
    process.env.PATH = this.#path;
    this.#folder[Symbol.dispose]();
  }

  get #askedFile(): string {
    return join(this.#folder.path, 'asked');
  }
}
