/**
 * Compiles the update part of `update` and `findAndModify`: operators, a replacement, or a pipeline. Applying never changes
 * the given document.
 */
import { errors } from '../../errors.ts';
import { cloneValue } from '../bson/codec.ts';
import { equalValues } from '../bson/compare.ts';
import { show } from '../bson/show.ts';
import { type Doc, isDocument, typeOf } from '../bson/types.ts';
import type { Environment } from '../expression/environment.ts';
import { compileUpdatePipeline } from '../pipeline/update-pipeline.ts';
import { compileFilter, type Filter } from '../query/filter.ts';
import { concretePaths, removeAt, setAt, valueAt } from './locate.ts';
import { pull } from './pull.ts';
import { push } from './push.ts';
import { leavesMissing, VALUE_UPDATES } from './value-updates.ts';

export interface Update {
  /** A replacement keeps nothing but _id. */
  replaces: boolean;
  apply(doc: Doc, about: { inserting: boolean; matched: number | undefined }): Doc;
}

interface Change {
  operator: string;
  path: string;
  parts: string[];
  operand: unknown;
}

/** @throws CommandError when the update is malformed or two operators meet on one path */
export function compileUpdate(update: unknown, arrayFilters: unknown, environment: Environment): Update {
  if (Array.isArray(update)) {
    const run = compileUpdatePipeline(update as Doc[], environment);
    return { replaces: false, apply: (doc) => keepingId(doc, run(doc)) };
  }
  if (!isDocument(update)) throw errors.failedToParse(`Update argument must be either an object or an array`);
  const first = Object.keys(update)[0];
  if (first === undefined || !first.startsWith('$')) return replacement(update);
  const changes = parseChanges(update);
  const filters = parseArrayFilters(arrayFilters, environment, changes);
  return {
    replaces: false,
    apply: (doc, { inserting, matched }) => {
      const result = cloneValue(doc);
      for (const change of changes) {
        if (change.operator === '$setOnInsert' && !inserting) continue;
        for (const parts of concretePaths(result, change.parts, { matched, filters }))
          applyChange(result, parts, change, environment);
      }
      return keepingId(doc, result);
    },
  };
}

function replacement(update: Doc): Update {
  for (const name of Object.keys(update))
    if (name.startsWith('$'))
      throw errors.dollarPrefixedFieldName(
        `The dollar ($) prefixed field '${name}' in '${name}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
      );
  return { replaces: true, apply: (doc) => keepingId(doc, cloneValue(update)) };
}

/** The _id stays, and stays first. */
function keepingId(before: Doc, after: Doc): Doc {
  if (!('_id' in before)) return after;
  if ('_id' in after && !equalValues(before._id, after._id))
    throw errors.immutableField(
      `Performing an update on the path '_id' would modify the immutable field '_id': After applying the update, the (immutable) field '_id' was found to have been altered to _id: ${show(after._id)}`,
    );
  const { _id: _dropped, ...rest } = after;
  return { _id: before._id, ...rest };
}

function parseChanges(update: Doc): Change[] {
  const changes: Change[] = [];
  for (const operator of Object.keys(update)) {
    if (!(operator in VALUE_UPDATES) && !['$push', '$pull', '$unset', '$rename'].includes(operator))
      throw errors.failedToParse(
        operator.startsWith('$')
          ? `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`
          : `The update operators and fields must not be mixed: ${operator}`,
      );
    const fields = update[operator];
    if (!isDocument(fields))
      throw errors.failedToParse(
        `Modifiers operate on fields but we found type ${typeOf(fields)} instead. For example: {$mod: {<field>: ...}} not {${operator}: ${show(fields)}}`,
      );
    for (const path of Object.keys(fields)) {
      const parts = path.split('.');
      if (parts.includes(''))
        throw errors.emptyFieldName(
          `The update path '${path}' contains an empty field name, which is not allowed.`,
        );
      changes.push({ operator, path, parts, operand: fields[path] });
      if (operator === '$rename')
        changes.push({ operator: '', path: String(fields[path]), parts: [], operand: null });
    }
  }
  refuseConflicts(changes);
  // MongoDB applies changes in the order of their paths, whatever order they came in.
  return changes
    .filter(({ operator }) => operator !== '')
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

function refuseConflicts(changes: Change[]): void {
  const sorted = changes.map(({ path }) => path).sort();
  const seen = new Set<string>();
  for (const path of sorted) {
    const parts = path.split('.');
    for (let length = 1; length <= parts.length; length++) {
      const prefix = parts.slice(0, length).join('.');
      if (seen.has(prefix))
        throw errors.conflictingUpdateOperators(
          `Updating the path '${path}' would create a conflict at '${prefix}'`,
        );
    }
    seen.add(path);
  }
}

function parseArrayFilters(given: unknown, environment: Environment, changes: Change[]): Map<string, Filter> {
  const filters = new Map<string, Filter>();
  for (const filter of (given as Doc[] | undefined) ?? []) {
    const identifier = topField(filter);
    if (!identifier)
      throw errors.failedToParse('Cannot use an expression without a top-level field name in arrayFilters');
    if (filters.has(identifier))
      throw errors.failedToParse(
        `Found multiple array filters with the same top-level field name ${identifier}`,
      );
    if (!changes.some(({ parts }) => parts.includes(`$[${identifier}]`)))
      throw errors.failedToParse(
        `The array filter for identifier '${identifier}' was not used in the update`,
      );
    filters.set(identifier, compileFilter(filter, environment));
  }
  return filters;
}

function topField(filter: Doc): string | undefined {
  const key = Object.keys(filter)[0];
  if (key === undefined || !key.startsWith('$')) return key?.split('.')[0];
  const branches = filter[key];
  return Array.isArray(branches) && isDocument(branches[0]) ? topField(branches[0]) : undefined;
}

function applyChange(doc: Doc, parts: string[], change: Change, environment: Environment): void {
  const { operator, operand, path } = change;
  if (operator === '$unset') {
    removeAt(doc, parts);
    return;
  }
  if (operator === '$rename') {
    rename(doc, parts, operand);
    return;
  }
  const current = valueAt(doc, parts);
  if (current === undefined && leavesMissing(operator) && operator !== '$pop') return;
  const target = { doc, path, nowMs: environment.nowMs };
  const value =
    operator === '$pull'
      ? pull(current, operand, environment)
      : operator === '$push'
        ? push(current, operand, target)
        : VALUE_UPDATES[operator]?.(current, operand, target);
  if (value !== undefined) setAt(doc, parts, cloneValue(value));
}

function rename(doc: Doc, parts: string[], operand: unknown): void {
  if (typeof operand !== 'string')
    throw errors.badValue(
      `The 'to' field for $rename must be a string: ${parts.join('.')}: ${show(operand)}`,
    );
  const value = valueAt(doc, parts);
  if (value === undefined) return;
  const crosses = (path: string[]): boolean =>
    path.some((_, i) => i > 0 && Array.isArray(valueAt(doc, path.slice(0, i))));
  if (crosses(parts))
    throw errors.badValue(
      `The source field cannot be an array element, '${parts.join('.')}' in doc with _id: ${show(doc._id)} has an array field`,
    );
  if (crosses(operand.split('.')))
    throw errors.badValue(
      `The destination field cannot be an array element, '${operand}' in doc with _id: ${show(doc._id)} has an array field`,
    );
  removeAt(doc, parts);
  setAt(doc, operand.split('.'), value);
}
