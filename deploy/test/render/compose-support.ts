import { resolve } from 'node:path';
import type { Service, System } from '../../src/model/types.ts';
import { fixture } from './compose-fixture.ts';

/** The fixture with one service changed. */
export function fixtureWith(name: string, change: Partial<Service>): System {
  return {
    ...fixture,
    services: fixture.services.map((service) =>
      service.name === name ? { ...service, ...change } : service,
    ),
  };
}

/** Rendered files with one of them edited; an edit that changes nothing is a mistake in the test. */
export function changed(
  files: ReadonlyMap<string, string>,
  path: string,
  change: (text: string) => string,
): Map<string, string> {
  const before = files.get(path) ?? '';
  const after = change(before);
  if (after === before) throw new Error(`the edit of ${path} changes nothing`);
  return new Map([...files, [path, after]]);
}

export const goldenPath = (target: string, path: string): string =>
  resolve(import.meta.dirname, '../golden', target, path);
