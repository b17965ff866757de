import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WORKSPACE_ROOT } from '@lucid/testing';
import type { Answer } from './gateway.ts';
import type { LucidSystem } from './system.ts';

/** What must never be told to anybody: where things lie, and how they are made. */
const INNARDS = [
  /\n\s+at .+:\d+/,
  /node_modules/,
  /\.ts:\d+/,
  /mongodb:\/\//,
  /Mongo[A-Z]\w*Error/,
  /ECONNREFUSED/,
];

/** The secrets of a deployment, and what people typed in: none of them may stand in an answer or a log. */
export class Secrets {
  readonly #values = new Map<string, string>();
  readonly #system: LucidSystem;

  constructor(system: LucidSystem) {
    this.#system = system;
    const folder = join(system.home, 'secrets');
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
      for (const line of text.split('\n')) if (!/^-----|^\s*$/.test(line)) this.add(entry.name, line.trim());
    }
  }

  add(name: string, value: string): void {
    if (value.length >= 16) this.#values.set(value, name);
  }

  /** Names of the secrets that stand in a text. */
  in(text: string): string[] {
    return [...this.#values].flatMap(([value, name]) => (text.includes(value) ? [name] : []));
  }

  /** Everything in an answer that should not be there. */
  leaksOf(answer: Answer): string[] {
    const text = `${JSON.stringify(answer.headers)}\n${answer.text}`;
    const places = [this.#system.home, WORKSPACE_ROOT].filter((place) => text.includes(place));
    const innards = INNARDS.filter((pattern) => pattern.test(text)).map(String);
    return [...this.in(text), ...places, ...innards];
  }

  /** Log files and the secrets that stand in them. */
  inLogs(): string[] {
    const folder = join(this.#system.home, 'logs');
    return readdirSync(folder).flatMap((name) =>
      this.in(readFileSync(join(folder, name), 'utf8')).map((secret) => `${name}: ${secret}`),
    );
  }
}
