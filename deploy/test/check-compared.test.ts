import { describe, expect, it } from 'vitest';
import type { Service, System } from '../src/model/types.ts';
import { composeSystem } from '../src/profiles/compose-system.ts';
import { profiles } from '../src/profiles/index.ts';
import { parseOverrides } from '../src/profiles/overrides.ts';
import { requireProfile } from '../src/profiles/profile.ts';
import { canonicalOf } from '../src/render/canonical-of.ts';
import { CARRIED, NOT_CARRIED, uncomparedFields } from '../src/render/compared-fields.ts';
import { differencesBetween } from '../src/render/equivalence.ts';
import { system } from '../src/system.ts';

/** Between them they have every field: a published gateway and the rest, one validator and several. */
const composed = [
  { name: 'dev', set: [] },
  { name: 'scale', set: ['blockchain-engine.validators=2'] },
].map(({ name, set }) =>
  withRareFields(composeSystem(system, requireProfile(profiles, name), parseOverrides(set))),
);
const graphs = new Map(composed.map((each) => [each, canonicalOf(each)]));

/** Words a changed text must be one of, where not any will do. */
const WORDS: Readonly<Record<string, readonly [string, string]>> = {
  kind: ['service', 'job'],
  status: ['built', 'planned'],
  'probe.check.kind': ['command', 'tcp'],
  'volumes[].scope': ['instance', 'shared'],
};

type Container = Record<string, unknown>;

/** A copy with the first place changed that the path leads to; undefined when there is none. */
function changedAt(root: unknown, path: string): unknown {
  const steps = path.match(/[^.[\]]+|\[\]/g) ?? [];
  const copy = structuredClone(root);
  return change(copy, steps, path) ? copy : undefined;
}

function change(at: unknown, steps: readonly string[], path: string): boolean {
  const [step, ...rest] = steps;
  if (typeof at !== 'object' || at === null || step === undefined) return false;
  const keys = step === '[]' || step === '*' ? Object.keys(at) : [step];
  return keys.some((key) => {
    const inside = at as Container;
    if (rest.length > 0) return change(inside[key], rest, path);
    const after = other(inside[key], path);
    if (after === undefined) return false;
    inside[key] = after;
    return true;
  });
}

function other(value: unknown, path: string): unknown {
  const words = WORDS[path];
  if (words) return value === words[0] ? words[1] : value === words[1] ? words[0] : undefined;
  if (typeof value === 'string') return `${value}x`;
  if (typeof value === 'number') return value + 1;
  return typeof value === 'boolean' ? !value : undefined;
}

/** The composed system with the field changed in the first service that has it, for each profile and service. */
function* mutants(path: string): Generator<{ before: System; after: System }> {
  for (const before of composed) {
    if (path.startsWith('system.')) {
      const after = changedAt(before, path.slice('system.'.length));
      if (after) yield { before, after: after as System };
      continue;
    }
    for (const [at, service] of before.services.entries()) {
      const mutant = changedAt(service, path);
      if (mutant)
        yield { before, after: { ...before, services: before.services.with(at, mutant as Service) } };
    }
  }
}

function fieldsChanged({ before, after }: { before: System; after: System }): string[] {
  const graph = graphs.get(before);
  return graph
    ? differencesBetween(graph, canonicalOf(after)).map(({ field }) => field.split('.')[0] ?? '')
    : [];
}

describe('fields of the model', () => {
  it('are all accounted for, in every profile', () => {
    for (const profile of Object.values(profiles))
      expect(uncomparedFields(composeSystem(system, profile)), profile.name).toEqual([]);
  });

  it('are in one table, not in both', () => {
    expect(Object.keys(CARRIED).filter((path) => Object.hasOwn(NOT_CARRIED, path))).toEqual([]);
    expect(Object.values(NOT_CARRIED).filter((reason) => reason.length < 15)).toEqual([]);
  });

  it.each(Object.entries(CARRIED))('are carried as the table says: %s by %s', (path, field) => {
    const seen: string[] = [];
    for (const mutant of mutants(path)) {
      const changed = fieldsChanged(mutant);
      seen.push(...changed);
      if (changed.includes(field)) return;
    }
    expect.fail(
      `no change of ${path} changes ${field}; it changes ${[...new Set(seen)].join(', ') || 'nothing'}`,
    );
  });

  it.each(Object.keys(NOT_CARRIED))('are not carried where the table says so: %s', (path) => {
    const [first] = mutants(path);
    expect(first, `${path} is nowhere in the model`).toBeDefined();
    expect(first && fieldsChanged(first)).toEqual([]);
  });
});

/** What the model can say and no part of it says today. */
function withRareFields(of: System): System {
  const [first, ...others] = of.services;
  if (!first) throw new Error('a system without services');
  const restart = { ...first.restart, maxAttempts: 3 };
  const shortfalls = [{ wish: 'more', why: 'it cannot', substitute: 'less' }];
  return { ...of, services: [{ ...first, aliases: ['other-name'], restart, shortfalls }, ...others] };
}
