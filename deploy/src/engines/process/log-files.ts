/**
 * Keeps the logs small. Children write to their file directly (no detour through the supervisor, which may die),
 * so a full file is copied aside and emptied; lines written in between are the price.
 */
import { appendFileSync, copyFileSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineEvent } from '../engine.ts';

export const ROTATE_AT_BYTES = 16 * 2 ** 20;

/** Moves every full log aside (`x.log` → `x.log.1`) and returns the names of those. */
export function rotateLogs(dir: string, limitBytes = ROTATE_AT_BYTES): string[] {
  const full = readdirSync(dir).filter(
    (name) =>
      name.endsWith('.log') && (statSync(join(dir, name), { throwIfNoEntry: false })?.size ?? 0) > limitBytes,
  );
  for (const name of full) {
    copyFileSync(join(dir, name), join(dir, `${name}.1`));
    truncateSync(join(dir, name), 0);
  }
  return full;
}

/** The engine's own log: one line per event. */
export function appendEngineLog(path: string, line: string, now = new Date()): void {
  appendFileSync(path, `${now.toISOString()} ${line}\n`, { mode: 0o600 });
}

/** An event in one line, for logs and for terminals that are none. */
export function describeEvent(event: EngineEvent): string | undefined {
  switch (event.type) {
    case 'plan':
      return undefined;
    case 'step':
      return event.done || event.detail
        ? `${event.step}${event.detail ? `: ${event.detail}` : ''}`
        : undefined;
    case 'notice':
      return event.message;
    case 'phase':
      return event.detail ? `${event.phase}: ${event.detail}` : event.phase;
    case 'instance':
      return `${event.id} ${event.state}${event.detail ? ` (${event.detail})` : ''}`;
  }
}
