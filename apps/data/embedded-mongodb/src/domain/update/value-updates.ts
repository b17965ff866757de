/** Update operators that turn one field's value into another. */
import { type Long, Timestamp } from 'bson';
import { errors } from '../../errors.ts';
import { compareValues, equalValues } from '../bson/compare.ts';
import { arithmetic, int, integer, overflowsLong, wholeBigInt } from '../bson/numbers.ts';
import { show, showDocument } from '../bson/show.ts';
import { type Doc, isDocument, isNumber, typeOf } from '../bson/types.ts';
import { describeField } from './locate.ts';

export interface Target {
  doc: Doc;
  path: string;
  nowMs: number;
}

/** @returns the new value, or undefined to leave everything as it is */
export type ValueUpdate = (current: unknown, operand: unknown, target: Target) => unknown;

function increase(operator: '$inc' | '$mul'): ValueUpdate {
  const operation = operator === '$inc' ? 'add' : 'multiply';
  return (current, operand, target) => {
    if (!isNumber(operand))
      throw errors.typeMismatch(
        `Cannot ${operator === '$inc' ? 'increment' : 'multiply'} with non-numeric argument: {${target.path}: ${show(operand)}}`,
      );
    if (current === undefined) return operator === '$inc' ? operand : arithmetic('multiply', operand, int(0));
    if (!isNumber(current))
      throw errors.typeMismatch(
        `Cannot apply ${operator} to a value of non-numeric type. ${describeField(target.doc, target.path, current)}`,
      );
    if (overflowsLong(operation, current, operand))
      throw errors.badValue(
        `Failed to apply ${operator} operations to current value ((NumberLong)${String(current)}) for document {_id: ${show(target.doc._id)}}`,
      );
    return arithmetic(operation, current, operand);
  };
}

const keepExtreme =
  (wanted: number): ValueUpdate =>
  (current, operand) =>
    current === undefined || compareValues(operand, current) === wanted ? operand : undefined;

const currentDate: ValueUpdate = (_current, operand, target) => {
  const type = isDocument(operand) ? operand.$type : operand;
  if (type === true || type === false || type === 'date') return new Date(target.nowMs);
  if (type === 'timestamp') return new Timestamp({ t: Math.floor(target.nowMs / 1000), i: 1 });
  throw errors.badValue(
    `${typeOf(operand)} is not valid type for $currentDate. Please use a boolean ('true') or a $type expression ({$type: 'timestamp/date'}).`,
  );
};

const bit: ValueUpdate = (current, operand, target) => {
  if (!isDocument(operand))
    throw errors.badValue(
      `The $bit modifier is not compatible with a ${typeOf(operand)}. You must pass in an embedded document: {$bit: {field: {and/or/xor: #}}`,
    );
  const start = current === undefined ? int(0) : current;
  if (!['int', 'long'].includes(typeOf(start)))
    throw errors.badValue(
      `Cannot apply $bit to a value of non-integral type.${showDocument({ _id: target.doc._id })} has the field ${target.path} of non-integer type ${typeOf(start)}`,
    );
  return Object.keys(operand).reduce<unknown>((value, operation) => {
    const mask = operand[operation];
    if (!['int', 'long'].includes(typeOf(mask)))
      throw errors.badValue(
        `The $bit modifier field must be an Integer(32/64 bit); a '${typeOf(mask)}' is not supported here`,
      );
    const a = wholeBigInt(value) as bigint;
    const b = wholeBigInt(mask) as bigint;
    const result = { and: a & b, or: a | b, xor: a ^ b }[operation];
    if (result === undefined)
      throw errors.badValue(
        `The $bit modifier only supports 'and', 'or', and 'xor', not '${operation}' which is an unknown operator`,
      );
    return integer(result, typeOf(value) === 'long' || typeOf(mask) === 'long');
  }, start as Long);
};

const addToSet: ValueUpdate = (current, operand, target) => {
  const array = arrayIn('$addToSet', current, target) ?? [];
  const added = isDocument(operand) && '$each' in operand ? operand.$each : [operand];
  if (!Array.isArray(added))
    throw errors.typeMismatch(
      `The argument to $each in $addToSet must be an array but it was of type ${typeOf(added)}`,
    );
  const result = [...array];
  for (const value of added) if (!result.some((known) => equalValues(known, value))) result.push(value);
  return result.length === array.length && current !== undefined ? undefined : result;
};

const pop: ValueUpdate = (current, operand, target) => {
  const direction = isNumber(operand) ? wholeBigInt(operand) : undefined;
  if (direction !== 1n && direction !== -1n)
    throw errors.failedToParse(`$pop expects 1 or -1, found: ${show(operand)}`);
  if (current === undefined) return undefined;
  if (!Array.isArray(current))
    throw errors.typeMismatch(
      `Path '${target.path}' contains an element of non-array type '${typeOf(current)}'`,
    );
  return direction === 1n ? current.slice(0, -1) : current.slice(1);
};

const pullAll: ValueUpdate = (current, operand) => {
  if (!Array.isArray(operand))
    throw errors.badValue(`$pullAll requires an array argument but was given a ${typeOf(operand)}`);
  if (current === undefined) return undefined;
  if (!Array.isArray(current)) throw errors.badValue('Cannot apply $pull to a non-array value');
  return current.filter((element) => !operand.some((unwanted) => equalValues(element, unwanted)));
};

/** The array at the path, undefined when there is none yet. @throws CommandError BadValue for another type */
export function arrayIn(operator: string, current: unknown, target: Target): unknown[] | undefined {
  if (current === undefined || Array.isArray(current)) return current as unknown[] | undefined;
  throw errors.badValue(
    operator === '$addToSet'
      ? `Cannot apply $addToSet to non-array field. Field named '${target.path.split('.').at(-1)}' has non-array type ${typeOf(current)}`
      : `The field '${target.path}' must be an array but is of type ${typeOf(current)} in document {_id: ${show(target.doc._id)}}`,
  );
}

export const VALUE_UPDATES: Readonly<Record<string, ValueUpdate>> = {
  $set: (_current, operand) => operand,
  $setOnInsert: (_current, operand) => operand,
  $inc: increase('$inc'),
  $mul: increase('$mul'),
  $min: keepExtreme(-1),
  $max: keepExtreme(1),
  $currentDate: currentDate,
  $bit: bit,
  $addToSet: addToSet,
  $pop: pop,
  $pullAll: pullAll,
};

/** True for operators that do nothing where the field does not exist. */
export const leavesMissing = (operator: string): boolean => ['$pull', '$pullAll', '$pop'].includes(operator);
