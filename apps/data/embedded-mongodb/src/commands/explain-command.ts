/** explain: the plan that would run and, from `executionStats` on, what it looked at when it ran. */
import type { Collection, Index } from '../adapters/collection.ts';
import { planOf, type Query, runQuery } from '../adapters/query.ts';
import type { ScanCounts } from '../adapters/scan.ts';
import { count } from '../domain/bson/numbers.ts';
import { type Doc, isDocument } from '../domain/bson/types.ts';
import type { IndexScan, Plan } from '../domain/index/plan.ts';
import { errors } from '../errors.ts';
import { splitPipeline } from './aggregate-command.ts';
import type { CommandContext, Commands, Handler } from './command.ts';
import { queryOf } from './read-commands.ts';

const FILTER_FIELDS: Readonly<Record<string, string>> = {
  find: 'filter',
  count: 'query',
  distinct: 'query',
  findAndModify: 'query',
};

function explainedQuery(context: CommandContext): Query {
  const { command, name } = context;
  if (name in FILTER_FIELDS) return queryOf(context, FILTER_FIELDS[name] ?? 'filter');
  if (name === 'aggregate') return splitPipeline(command.pipeline as Doc[], context).query;
  const [statement] = (command.updates ?? command.deletes ?? []) as Doc[];
  if (!statement) throw errors.badValue(`Explain failed due to unknown command: ${name}`);
  return { filter: statement.q as Doc, hint: statement.hint };
}

function indexStage({ index, reverse }: IndexScan<Index>, counts?: ScanCounts): Doc {
  return {
    stage: 'IXSCAN',
    keyPattern: index.spec.raw.key,
    indexName: index.spec.name,
    isMultiKey: index.multikey,
    isUnique: index.spec.unique,
    isSparse: index.spec.sparse,
    isPartial: index.spec.partial !== undefined,
    direction: reverse ? 'backward' : 'forward',
    ...(counts ? { keysExamined: count(counts.keys) } : {}),
  };
}

/** The stages as MongoDB nests them: SORT over FETCH over IXSCAN, or over COLLSCAN. */
function stagesOf(plan: Plan<Index>, query: Query, counts?: ScanCounts): Doc {
  const docs = counts ? { docsExamined: count(counts.docs) } : {};
  const source: Doc =
    plan.kind === 'COLLSCAN'
      ? { stage: 'COLLSCAN', direction: plan.reverse ? 'backward' : 'forward', ...docs }
      : {
          stage: 'FETCH',
          ...docs,
          inputStage:
            plan.kind === 'IXSCAN'
              ? indexStage(plan, counts)
              : { stage: 'OR', inputStages: plan.branches.map((branch) => indexStage(branch)) },
        };
  return plan.sorted ? source : { stage: 'SORT', sortPattern: query.sort, inputStage: source };
}

const explain: Handler = (context) => {
  const { command, engine, db } = context;
  const inner = command.explain;
  if (!isDocument(inner))
    throw errors.typeMismatch("BSON field 'explain.explain' is the wrong type, expected type 'object'");
  const name = Object.keys(inner)[0] ?? '';
  const within: CommandContext = { ...context, command: inner, name };
  const query = explainedQuery(within);
  const collection = engine.catalog.get(db, String(inner[name]));
  const namespace = `${db}.${String(inner[name])}`;
  const plan = collection && planOf(collection, query);
  const stats =
    plan && collection && command.verbosity !== 'queryPlanner'
      ? execute(within, collection, query, plan)
      : undefined;
  return {
    explainVersion: '1',
    queryPlanner: {
      namespace,
      parsedQuery: query.filter,
      winningPlan: plan ? stagesOf(plan, query) : { stage: 'EOF' },
      rejectedPlans: [],
    },
    ...(command.verbosity === 'queryPlanner'
      ? {}
      : {
          executionStats: stats ?? {
            executionSuccess: true,
            nReturned: count(0),
            totalKeysExamined: count(0),
            totalDocsExamined: count(0),
          },
        }),
    serverInfo: { version: '7.0.0', gitVersion: 'lucid-embedded-mongodb' },
  };
};

function execute(context: CommandContext, collection: Collection, query: Query, plan: Plan<Index>): Doc {
  const counts: ScanCounts = { keys: 0, docs: 0 };
  const startMs = context.engine.clock.monotonicMs();
  let returned = 0;
  for (const _match of runQuery(collection, query, context.environment, counts, plan)) returned += 1;
  return {
    executionSuccess: true,
    nReturned: count(returned),
    executionTimeMillis: count(Math.round(context.engine.clock.monotonicMs() - startMs)),
    totalKeysExamined: count(counts.keys),
    totalDocsExamined: count(counts.docs),
    executionStages: { ...stagesOf(plan, query, counts), nReturned: count(returned) },
  };
}

export const EXPLAIN_COMMAND: Commands = { explain: { run: explain } };
