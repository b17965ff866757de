// The accumulator behind every tally: takes proofs in any order, keeps one cell per node and day.
import { epochOfSlot } from '@lucid/ledger';
import { LEADER_WINDOW_DAYS, WINDOW_SECONDS } from './constants.ts';
import { workOf } from './credits.ts';
import type { TaskProofData } from './payloads.ts';
import { saturatingAdd } from './saturating.ts';
import { mergeWork, type Work, type WorkCell } from './work-cell.ts';

/** Work of one entity over the window of an epoch, in credits. */
export interface EntityWork {
  readonly entity_id: string;
  readonly relay: number;
  readonly storage: number;
  readonly validation: number;
  /** Nodes with at least one proof in the window. */
  readonly members: number;
  /** Of all members together, each counted up to the length of the window. */
  readonly uptime_seconds: number;
}

export interface WorkBook {
  /** Counts a judged proof. `blockSlot` is the slot of the block that holds it, at most two slots away. */
  readonly add: (proof: TaskProofData, blockSlot: number) => void;
  /**
   * Work for the tally of an epoch: slots [start(e) − 7 d, start(e)), from blocks before start(e). A proof for the last
   * slots of a day that comes in a block of the next one counts from the tally after: so a tally is settled when its epoch begins.
   */
  readonly window: (epoch: number) => EntityWork[];
  /** Forgets the days before this one. */
  readonly prune: (beforeDay: number) => void;
  /** All cells, sorted. */
  readonly cells: () => WorkCell[];
}

/** entity → node → work */
type Ledger = Map<string, Map<string, Work>>;
interface Day {
  readonly onTime: Ledger;
  readonly late: Ledger;
}

/** An empty book, or one with the cells of another. */
export function createWorkBook(cells: readonly WorkCell[] = []): WorkBook {
  const days = new Map<number, Day>();
  const put = (day: number, late: boolean, entity: string, node: string, work: Work) => {
    const ledgers = entryOf(days, day, () => ({ onTime: new Map(), late: new Map() }));
    enter(late ? ledgers.late : ledgers.onTime, entity, node, work);
  };
  for (const { day, late, entity_id, node_id, ...work } of cells) put(day, late, entity_id, node_id, work);

  return {
    add: (proof, blockSlot) => {
      const day = epochOfSlot(proof.slot);
      put(day, epochOfSlot(blockSlot) > day, proof.pool_id ?? proof.node_id, proof.node_id, workOf(proof));
    },
    window: (epoch) => {
      const sums: Ledger = new Map();
      for (let day = epoch - LEADER_WINDOW_DAYS; day < epoch; day++) {
        const { onTime, late } = days.get(day) ?? {};
        const settled = day < epoch - 1 ? late : undefined;
        for (const [entity, node, work] of settled ? merged(onTime, settled) : rows(onTime)) {
          addDay(sums, entity, node, work);
        }
      }
      return [...sums].map(([entity_id, nodes]) => entityWork(entity_id, [...nodes.values()]));
    },
    prune: (beforeDay) => {
      for (const day of days.keys()) if (day < beforeDay) days.delete(day);
    },
    cells: () =>
      [...days]
        .flatMap(([day, { onTime, late }]) => [...cellsOf(day, false, onTime), ...cellsOf(day, true, late)])
        .sort(byPlace),
  };
}

function enter(ledger: Ledger, entity: string, node: string, work: Work): void {
  const nodes = entryOf(ledger, entity, () => new Map<string, Work>());
  const known = nodes.get(node);
  nodes.set(node, known ? mergeWork(known, work) : work);
}

/** Days add up, unlike proofs of one day: each has its own last storage proof. */
function addDay(sums: Ledger, entity: string, node: string, work: Work): void {
  const nodes = entryOf(sums, entity, () => new Map<string, Work>());
  const known = nodes.get(node);
  const storage = saturatingAdd(known?.storage ?? 0, work.storage);
  nodes.set(node, { ...(known ? mergeWork(known, work) : work), storage });
}

function entityWork(entity_id: string, nodes: readonly Work[]): EntityWork {
  const sum = (of: (work: Work) => number) =>
    nodes.reduce((total, work) => saturatingAdd(total, of(work)), 0);
  return {
    entity_id,
    relay: sum(({ relay }) => relay),
    storage: sum(({ storage }) => storage),
    validation: sum(({ validation }) => validation),
    members: nodes.length,
    uptime_seconds: sum(({ uptime_seconds }) => Math.min(uptime_seconds, WINDOW_SECONDS)),
  };
}

function* rows(ledger: Ledger | undefined): Generator<[entity: string, node: string, work: Work]> {
  for (const [entity, nodes] of ledger ?? []) for (const [node, work] of nodes) yield [entity, node, work];
}

function merged(one: Ledger | undefined, other: Ledger): Iterable<[string, string, Work]> {
  const both: Ledger = new Map();
  for (const ledger of [one, other]) for (const row of rows(ledger)) enter(both, ...row);
  return rows(both);
}

function cellsOf(day: number, late: boolean, ledger: Ledger): WorkCell[] {
  return [...rows(ledger)].map(([entity_id, node_id, work]) => ({ day, late, entity_id, node_id, ...work }));
}

function byPlace(a: WorkCell, b: WorkCell): number {
  if (a.day !== b.day) return a.day - b.day;
  if (a.late !== b.late) return a.late ? 1 : -1;
  return compareText(a.entity_id, b.entity_id) || compareText(a.node_id, b.node_id);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
