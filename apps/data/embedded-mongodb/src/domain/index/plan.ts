/** Chooses how a filter and a sort are answered: from an index, from several, or by reading everything. */
import { errors } from '../../errors.ts';
import { hashKey } from '../bson/key-encoding.ts';
import { type Doc, isDocument } from '../bson/types.ts';
import { indexOfPart } from '../query/paths.ts';
import type { SortField } from '../query/sort.ts';
import { type Conjunct, conjunctsOf } from './conjuncts.ts';
import { implies } from './implies.ts';
import type { IndexSpec } from './index-spec.ts';
import { boundsOf, bytesOfEnd, descendingIntervals, type FieldBounds, type Interval } from './intervals.ts';

export interface PlannedIndex {
  spec: IndexSpec;
  /** Some document has several keys in it. */
  multikey: boolean;
}

/** Keys from `low` up to, not including, `high`. */
export interface KeyRange {
  low: Buffer;
  high: Buffer;
}

export interface IndexScan<Index extends PlannedIndex = PlannedIndex> {
  kind: 'IXSCAN';
  index: Index;
  ranges: KeyRange[];
  reverse: boolean;
  /** The documents come in the wanted order. */
  sorted: boolean;
  /** The ranges say all the filter says: documents need not be tested again. */
  exact: boolean;
}
export interface CollectionScan {
  kind: 'COLLSCAN';
  reverse: boolean;
  sorted: boolean;
}
export interface UnionScan<Index extends PlannedIndex = PlannedIndex> {
  kind: 'OR';
  branches: IndexScan<Index>[];
  sorted: false;
}
export type Plan<Index extends PlannedIndex = PlannedIndex> =
  | IndexScan<Index>
  | CollectionScan
  | UnionScan<Index>;

/** Combinations of points looked up one by one; past this a condition is left to the filter. */
const MAX_RANGES = 4096;

const EVERYTHING: Interval = {
  low: { prefix: Buffer.alloc(0), after: false },
  high: { prefix: Buffer.alloc(0), after: true },
};

interface Request<Index> {
  filter: Doc;
  sort: SortField[];
  indexes: Index[];
  hint?: unknown;
}

/** @throws CommandError BadValue for a hint that names no index */
export function choosePlan<Index extends PlannedIndex>(request: Request<Index>): Plan<Index> {
  const { filter, sort, hint } = request;
  const conjuncts = conjunctsOf(filter);
  const natural = isDocument(hint) && '$natural' in hint;
  if (natural) return { kind: 'COLLSCAN', reverse: Number(hint.$natural) < 0, sorted: sort.length === 0 };
  const hinted = hint === undefined ? undefined : hintedIndex(request.indexes, hint);
  const usable = hinted ? [hinted] : request.indexes.filter(({ spec }) => !spec.hidden);
  const candidates = usable
    .map((index) => scanOf(index, conjuncts, sort))
    .filter((candidate): candidate is Candidate<Index> => candidate !== undefined);
  const best = candidates.reduce<Candidate<Index> | undefined>(
    (chosen, candidate) => (chosen && chosen.score >= candidate.score ? chosen : candidate),
    undefined,
  );
  if (hinted && best) return best.scan;
  if (best && best.bound > 0) return best.scan;
  const union = unionOf(request, conjuncts);
  if (union) return union;
  return best?.scan.sorted && sort.length > 0
    ? best.scan
    : { kind: 'COLLSCAN', reverse: false, sorted: sort.length === 0 };
}

function hintedIndex<Index extends PlannedIndex>(indexes: Index[], hint: unknown): Index {
  const found = indexes.find(({ spec }) =>
    isDocument(hint) ? hashKey(spec.raw.key) === hashKey(hint) : spec.name === hint,
  );
  if (!found)
    throw errors.badValue(
      'error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index',
    );
  return found;
}

interface Candidate<Index extends PlannedIndex> {
  scan: IndexScan<Index>;
  bound: number;
  score: number;
}

function scanOf<Index extends PlannedIndex>(
  index: Index,
  conjuncts: Conjunct[],
  sort: SortField[],
): Candidate<Index> | undefined {
  const { spec, multikey } = index;
  if (spec.partial && !implies(conjuncts, spec.partial.expression)) return undefined;
  const bounds = leadingBounds(index, conjuncts);
  if (spec.sparse && !bounds.some(cannotBeMissing)) return undefined;
  const order = multikey ? undefined : orderOf(spec, bounds, sort);
  const used = new Set(bounds.flatMap((bound) => bound.conjuncts));
  const exact = bounds.every((bound) => bound.exact) && conjuncts.every((conjunct) => used.has(conjunct));
  const points = bounds.filter((bound) => bound.points).length;
  const whole = points === spec.fields.length && spec.unique;
  return {
    scan: {
      kind: 'IXSCAN',
      index,
      ranges: rangesOf(spec, bounds),
      reverse: order === 'backward',
      sorted: sort.length === 0 || order !== undefined,
      exact,
    },
    bound: bounds.length,
    score:
      (whole ? 1000 : 0) +
      points * 10 +
      (bounds.length - points) * 4 +
      (sort.length > 0 && order ? 7 : 0) -
      spec.fields.length / 100,
  };
}

/** Bounds of the index's leading fields: single values as long as they last, then at most one interval. */
function leadingBounds({ spec, multikey }: PlannedIndex, conjuncts: Conjunct[]): FieldBounds[] {
  const found: FieldBounds[] = [];
  const roots = new Set<string>();
  let ranges = 1;
  for (const { path, parts } of spec.fields) {
    const root = parts[0] as string;
    // Of two fields below one array, each condition may be met by another element.
    if (multikey && roots.has(root)) break;
    if (parts.some((part) => indexOfPart(part) >= 0)) break;
    const bounds = boundsOf(
      conjuncts.filter((conjunct) => conjunct.path === path),
      multikey,
    );
    if (!bounds || ranges * bounds.intervals.length > MAX_RANGES) break;
    found.push(bounds);
    roots.add(root);
    ranges *= bounds.intervals.length;
    if (!bounds.points) break;
  }
  return found;
}

const cannotBeMissing = (bounds: FieldBounds): boolean =>
  bounds.conjuncts.some(({ operator, operand }) =>
    operator === '$in' ? !(operand as unknown[]).includes(null) : operator !== '$eq' || operand !== null,
  );

/** Does the index give the wanted order, and which way round? Fields fixed to one value do not disturb it. */
function orderOf(
  spec: IndexSpec,
  bounds: FieldBounds[],
  sort: SortField[],
): 'forward' | 'backward' | undefined {
  let at = 0;
  let direction: 'forward' | 'backward' | undefined;
  for (const [position, { path, descending }] of spec.fields.entries()) {
    const wanted = sort[at];
    if (!wanted) break;
    const fixed = bounds[position]?.points === true && bounds[position]?.intervals.length === 1;
    if (wanted.path !== path) {
      if (fixed) continue;
      return undefined;
    }
    const way = wanted.descending === descending ? 'forward' : 'backward';
    if (!fixed && direction && direction !== way) return undefined;
    if (!fixed) direction = way;
    at += 1;
  }
  return at === sort.length && at > 0 ? (direction ?? 'forward') : undefined;
}

function rangesOf(spec: IndexSpec, bounds: FieldBounds[]): KeyRange[] {
  let prefixes: Buffer[] = [Buffer.alloc(0)];
  let ranges: KeyRange[] = [{ low: Buffer.alloc(0), high: bytesOfEnd(EVERYTHING.high) }];
  bounds.forEach((bound, position) => {
    const intervals = spec.fields[position]?.descending
      ? descendingIntervals(bound.intervals)
      : bound.intervals;
    ranges = prefixes.flatMap((prefix) =>
      intervals.map(({ low, high }) => ({
        low: bytesOfEnd({ ...low, prefix: Buffer.concat([prefix, low.prefix]) }),
        high: bytesOfEnd({ ...high, prefix: Buffer.concat([prefix, high.prefix]) }),
      })),
    );
    prefixes = prefixes.flatMap((prefix) => intervals.map(({ low }) => Buffer.concat([prefix, low.prefix])));
  });
  return ranges;
}

/** `$or` whose every branch has an index: one scan per branch. */
function unionOf<Index extends PlannedIndex>(
  request: Request<Index>,
  conjuncts: Conjunct[],
): UnionScan<Index> | undefined {
  const choice = conjuncts.find(({ operator, path }) => path === '' && operator === '$or');
  if (!choice || request.hint !== undefined || !Array.isArray(choice.operand)) return undefined;
  const branches = choice.operand.map((branch) =>
    choosePlan({ filter: branch as Doc, sort: [], indexes: request.indexes }),
  );
  if (!branches.every((plan) => plan.kind === 'IXSCAN')) return undefined;
  return { kind: 'OR', branches: branches.map((scan) => ({ ...scan, exact: false })), sorted: false };
}
