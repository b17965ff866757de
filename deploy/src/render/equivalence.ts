/** Compares what a target's files mean with what the model means. */
import type { CanonicalGraph, CanonicalService } from './canonical.ts';
import type { Loss } from './renderer.ts';

/** One place where the two say different things. */
export interface Difference {
  /** Service name, or `*` for the graph's own lists. */
  readonly service: string;
  readonly field: string;
  readonly model: string;
  readonly target: string;
}

/** Every difference between the model and what a target says, whether or not a loss accounts for it. */
export function differencesBetween(model: CanonicalGraph, target: CanonicalGraph): Difference[] {
  const names = [...new Set([...model.services, ...target.services].map(({ name }) => name))];
  const ofServices = names.flatMap((name) => {
    const here = model.services.find((service) => service.name === name);
    const there = target.services.find((service) => service.name === name);
    if (!here || !there) return [absent(name, here !== undefined)];
    return fieldsOf(here, there)
      .filter((field) => text(here[field]) !== text(there[field]))
      .map((field) => ({ service: name, field, model: text(here[field]), target: text(there[field]) }));
  });
  const ofGraph = (['networks', 'edges'] as const)
    .filter((field) => text(model[field]) !== text(target[field]))
    .map((field) => ({ service: '*', field, model: text(model[field]), target: text(target[field]) }));
  return [...ofServices, ...ofGraph];
}

/** The differences nobody has told: each is a drift between the targets. */
export function untold(differences: readonly Difference[], losses: readonly Loss[]): Difference[] {
  return differences.filter(
    ({ service, field }) => !losses.some((loss) => covers(loss.service, service) && loss.field === field),
  );
}

/** Losses that tell of a difference which is not there: a stale apology hides the next real one. */
export function unfounded(differences: readonly Difference[], losses: readonly Loss[]): Loss[] {
  return losses.filter(
    (loss) =>
      !differences.some(({ service, field }) => covers(loss.service, service) && loss.field === field),
  );
}

const covers = (lossService: string, service: string) => lossService === '*' || lossService === service;

function absent(service: string, inModel: boolean): Difference {
  const [model, target] = inModel ? ['there', 'absent'] : ['absent', 'there'];
  return { service, field: 'name', model, target };
}

function fieldsOf(here: CanonicalService, there: CanonicalService): (keyof CanonicalService)[] {
  return [...new Set([...Object.keys(here), ...Object.keys(there)])] as (keyof CanonicalService)[];
}

/** JSON with keys in order: two values are the same when their texts are. */
function text(value: unknown): string {
  return (
    JSON.stringify(value, (_key, part: unknown) => (isPlainObject(part) ? sorted(part) : part)) ?? 'none'
  );
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function sorted(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
