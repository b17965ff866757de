/** Compares what a target's files mean with what the model means. */
import type { CanonicalGraph } from './canonical.ts';
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
    return differing(name, partsOf(here), partsOf(there));
  });
  return [...ofServices, ...differing('*', partsOfGraph(model), partsOfGraph(target))];
}

/** The differences nobody has told: each is a drift between the targets. */
export function untold(differences: readonly Difference[], losses: readonly Loss[]): Difference[] {
  return differences.filter((difference) => !losses.some((loss) => covers(loss, difference)));
}

/** Losses that tell of a difference which is not there: a stale apology hides the next real one. */
export function unfounded(differences: readonly Difference[], losses: readonly Loss[]): Loss[] {
  return losses.filter((loss) => !differences.some((difference) => covers(loss, difference)));
}

/** A loss of `update` tells of `update.delaySeconds` as well; one of `env.HOME` tells of no other variable. */
function covers(loss: Loss, { service, field }: Difference): boolean {
  return (
    (loss.service === '*' || loss.service === service) &&
    (loss.field === field || field.startsWith(`${loss.field}.`))
  );
}

function absent(service: string, inModel: boolean): Difference {
  const [model, target] = inModel ? ['there', 'absent'] : ['absent', 'there'];
  return { service, field: 'name', model, target };
}

type Parts = ReadonlyMap<string, string>;

function differing(service: string, here: Parts, there: Parts): Difference[] {
  const fields = [...new Set([...here.keys(), ...there.keys()])];
  const nothing = 'none';
  return fields
    .map((field) => ({
      service,
      field,
      model: here.get(field) ?? nothing,
      target: there.get(field) ?? nothing,
    }))
    .filter(({ model, target }) => model !== target);
}

/** Fields by name; of those that have fields themselves each by its own, so that one loss hides no other. */
function partsOf(record: object): Parts {
  const fields = Object.entries(record).flatMap(([field, value]: [string, unknown]) =>
    isPlainObject(value)
      ? Object.entries(value).map(([part, inner]): [string, unknown] => [`${field}.${part}`, inner])
      : [[field, value] as [string, unknown]],
  );
  return new Map(fields.map(([field, value]) => [field, text(value)]));
}

/** Networks each by name: `networks.lucid-network.subnet`. */
function partsOfGraph({ networks, edges }: CanonicalGraph): Parts {
  const parts = networks.flatMap((network) => [...partsOf({ [`networks.${network.name}`]: network })]);
  return new Map([...parts, ['edges', text(edges)]]);
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
