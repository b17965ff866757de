/** Projections of `find` and `$project`: a tree of fields to keep or drop, and fields to compute. */
import { errors } from '../../errors.ts';
import { getField, setField } from '../bson/codec.ts';
import { type Doc, isDocument, isNumber } from '../bson/types.ts';
import { compileExpression } from '../expression/compile.ts';
import type { Environment } from '../expression/environment.ts';
import { truthy } from '../expression/truthy.ts';
import { computeAt } from './compute-at.ts';
import { splitPath } from './paths.ts';
import { findOperator, type Reshape } from './projection-operators.ts';

type Tree = Map<string, Tree | true>;
/** `matched` is the array element the filter hit, for the positional operator. */
export type Projection = (doc: Doc, matched?: number) => Doc;

interface Plan {
  tree: Tree;
  /** undefined until a field other than _id decides. */
  including: boolean | undefined;
  keepId: boolean;
  computed: { parts: string[]; value: (doc: Doc) => unknown }[];
  reshapes: { parts: string[]; reshape: Reshape }[];
}

/**
 * @param style `find` knows $slice, $elemMatch and the positional operator; `pipeline` takes everything as expressions
 * @throws CommandError when inclusion and exclusion are mixed
 */
export function compileProjection(
  spec: Doc,
  environment: Environment,
  style: 'find' | 'pipeline',
): Projection {
  const plan: Plan = { tree: new Map(), including: undefined, keepId: true, computed: [], reshapes: [] };
  for (const path of Object.keys(spec)) addEntry(plan, path, spec[path], environment, style);
  const including = plan.including ?? (plan.computed.length > 0 || (plan.keepId && '_id' in spec));
  if (including && plan.keepId) plan.tree.set('_id', plan.tree.get('_id') ?? true);
  if (!including && !plan.keepId) plan.tree.set('_id', true);
  return (doc, matched) => {
    const result = (including ? include(doc, plan.tree) : exclude(doc, plan.tree)) as Doc;
    for (const { parts, reshape } of plan.reshapes) reshape(result, doc, parts, matched);
    for (const { parts, value } of plan.computed) computeAt(result, parts, value(doc));
    return result;
  };
}

function decide(plan: Plan, including: boolean, path: string): void {
  if (plan.including === undefined) plan.including = including;
  if (plan.including === including) return;
  throw including
    ? errors.location(31253, `Cannot do inclusion on field ${path} in exclusion projection`)
    : errors.location(31254, `Cannot do exclusion on field ${path} in inclusion projection`);
}

function addEntry(
  plan: Plan,
  path: string,
  value: unknown,
  environment: Environment,
  style: 'find' | 'pipeline',
): void {
  if (path === '' || path.split('.').includes(''))
    throw errors.location(40352, 'FieldPath cannot be constructed with empty string');
  if (style === 'find' && path.endsWith('.$')) {
    decide(plan, true, path);
    const field = path.slice(0, -2);
    addPath(plan.tree, splitPath(field));
    plan.reshapes.push({ parts: splitPath(field), reshape: findOperator('$', undefined, environment) });
    return;
  }
  if (path.startsWith('$'))
    throw errors.location(
      16410,
      `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
    );
  if (isNumber(value) || typeof value === 'boolean') {
    const including = truthy(value);
    if (path === '_id') plan.keepId = including;
    else {
      decide(plan, including, path);
      addPath(plan.tree, splitPath(path));
    }
    return;
  }
  const operator = isDocument(value) ? Object.keys(value)[0] : undefined;
  if (style === 'find' && (operator === '$slice' || operator === '$elemMatch')) {
    if (operator === '$elemMatch') decide(plan, true, path);
    if (operator === '$elemMatch' || plan.including === true) addPath(plan.tree, splitPath(path));
    const operand = (value as Doc)[operator];
    plan.reshapes.push({ parts: splitPath(path), reshape: findOperator(operator, operand, environment) });
    return;
  }
  if (isDocument(value) && operator !== undefined && !operator.startsWith('$')) {
    for (const name of Object.keys(value)) addEntry(plan, `${path}.${name}`, value[name], environment, style);
    return;
  }
  if (isDocument(value) && operator === undefined)
    throw errors.location(51270, 'An empty sub-projection is not a valid value. Found empty object at path');
  if (path !== '_id') decide(plan, true, path);
  const expression = compileExpression(value, environment);
  plan.computed.push({ parts: splitPath(path), value: (doc) => expression(doc) });
}

function addPath(tree: Tree, parts: string[]): void {
  const [first, ...rest] = parts;
  if (first === undefined) return;
  const known = tree.get(first);
  if (rest.length === 0) {
    if (known instanceof Map) throw errors.location(31249, `Path collision at ${parts.join('.')}`);
    tree.set(first, true);
    return;
  }
  if (known === true) throw errors.location(31250, `Path collision at ${parts.join('.')}`);
  const child: Tree = known ?? new Map();
  tree.set(first, child);
  addPath(child, rest);
}

function include(value: unknown, tree: Tree): unknown {
  if (Array.isArray(value))
    return value.filter((e) => isDocument(e) || Array.isArray(e)).map((element) => include(element, tree));
  if (!isDocument(value)) return undefined;
  const result: Doc = {};
  for (const name of Object.keys(value)) {
    const wanted = tree.get(name);
    if (!wanted) continue;
    const field = wanted === true ? getField(value, name) : include(getField(value, name), wanted);
    if (field !== undefined) setField(result, name, field);
  }
  return result;
}

function exclude(value: unknown, tree: Tree): unknown {
  if (Array.isArray(value)) return value.map((element) => exclude(element, tree));
  if (!isDocument(value)) return value;
  const result: Doc = {};
  for (const name of Object.keys(value)) {
    const dropped = tree.get(name);
    if (dropped === true) continue;
    setField(result, name, dropped ? exclude(getField(value, name), dropped) : getField(value, name));
  }
  return result;
}
