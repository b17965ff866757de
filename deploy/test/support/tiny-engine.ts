import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { EngineEvent, SystemStatus, UpOptions } from '../../src/engines/engine.ts';
import { ProcessEngine, type ProcessEngineOptions } from '../../src/engines/process/process-engine.ts';

export const root = resolve(import.meta.dirname, '../../..');
export const tinySystem = resolve(import.meta.dirname, '../fixtures/system.ts');

/** An engine in a folder of its own, running the four tiny services of `fixtures/system.ts`. */
export interface TinyEngine {
  readonly engine: ProcessEngine;
  readonly dir: string;
  readonly events: EngineEvent[];
  /** Starts it; services write "started <id>" and "stopped <id>" into the diary. */
  up(options?: Partial<UpOptions>, signal?: AbortSignal): ReturnType<ProcessEngine['up']>;
  diary(): string[];
  remove(): Promise<void>;
}

export function tinyEngine(options: Partial<ProcessEngineOptions> = {}): TinyEngine {
  const dir = mkdtempSync(join(tmpdir(), 'lucid-deploy-'));
  const diaryFile = join(dir, 'diary');
  const home = join(dir, 'home');
  const engine = new ProcessEngine({ root, home, systemModule: tinySystem, source: true, ...options });
  const events: EngineEvent[] = [];
  return {
    engine,
    dir,
    events,
    up: (more = {}, signal) =>
      engine.up(
        { profile: 'tiny', publish: 'none', ...more, env: [`DIARY=${diaryFile}`, ...(more.env ?? [])] },
        (event) => events.push(event),
        signal,
      ),
    diary: () => (existsSync(diaryFile) ? readFileSync(diaryFile, 'utf8').trimEnd().split('\n') : []),
    remove: async () => {
      await engine.down();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export function fetchText(url: string): Promise<string> {
  return new Promise((done, fail) => {
    get(url, { agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => done(text));
    }).on('error', fail);
  });
}

/** The environment an instance runs with, as it tells it itself. */
export async function environmentOf(status: SystemStatus, id: string): Promise<Record<string, string>> {
  const instance = status.instances.find((each) => each.id === id);
  return JSON.parse(await fetchText(`http://${instance?.address}/`)) as Record<string, string>;
}

export const pidsOf = (status: SystemStatus | undefined): number[] =>
  (status?.instances ?? []).flatMap((instance) => (instance.pid === undefined ? [] : [instance.pid]));
