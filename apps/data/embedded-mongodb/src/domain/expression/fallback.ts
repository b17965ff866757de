/** The bridge to mingo: arguments go over as plain values, the result comes back as BSON. */
import { BSONRegExp, type Decimal128, Double, Int32, Long } from 'bson';
import { Context, evalExpr } from 'mingo/core';
import * as accumulators from 'mingo/operators/accumulator';
import * as expressions from 'mingo/operators/expression';
import { CommandError, errors } from '../../errors.ts';
import { toNumber } from '../bson/numbers.ts';
import { isDocument, isNumber, isRegex, typeOf } from '../bson/types.ts';
import { regexOf } from '../query/regex.ts';

const OPTIONS = {
  context: Context.init({
    expression: { ...expressions } as never,
    accumulator: { ...accumulators } as never,
  }),
  // Code that travels inside a query is not run.
  scriptEnabled: false,
} as never;

const REFUSED = new Set(['$function', '$accumulator', '$where']);
/** These answer with an int64 whatever the size of the number. */
const LONG_RESULTS = new Set(['$dateDiff', '$toHashedIndexKey']);

export function toPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toPlain);
  if (isNumber(value))
    return typeOf(value) === 'decimal' ? Number((value as Decimal128).toString()) : toNumber(value);
  if (isRegex(value)) return regexOf(value);
  if (!isDocument(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, toPlain(field)]));
}

/** Whole numbers become int32 or int64, others double. */
export function fromPlain(value: unknown): unknown {
  if (typeof value === 'number') {
    if (!Number.isInteger(value) || Object.is(value, -0)) return new Double(value);
    if (Math.abs(value) < 2 ** 31) return new Int32(value);
    return Number.isSafeInteger(value) ? Long.fromNumber(value) : new Double(value);
  }
  if (typeof value === 'bigint') return Long.fromBigInt(value);
  if (value instanceof RegExp) return new BSONRegExp(value.source, value.flags.replace(/[^imsx]/g, ''));
  if (Array.isArray(value)) return value.map(fromPlain);
  if (!isDocument(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, fromPlain(field)]));
}

const literal = (value: unknown): unknown => ({ $literal: toPlain(value) });

/** @throws CommandError InvalidPipelineOperator when mingo does not know it either */
export function fallback(operator: string): (args: unknown[]) => unknown {
  if (REFUSED.has(operator)) throw errors.notImplemented(`${operator} is not supported by this server`);
  if (!(operator in expressions))
    throw errors.invalidPipelineOperator(`Unrecognized expression '${operator}'`);
  return (args) => {
    const [only] = args;
    const named = args.length === 1 && isDocument(only);
    const operand = named
      ? Object.fromEntries(Object.entries(only).map(([name, value]) => [name, literal(value)]))
      : args.length === 1
        ? literal(only)
        : args.map(literal);
    const result = guarded(() => evalExpr({}, { [operator]: operand }, OPTIONS));
    return LONG_RESULTS.has(operator) && typeof result === 'number'
      ? Long.fromNumber(result)
      : fromPlain(result);
  };
}

/** Runs mingo code; what it throws becomes an error of the protocol. */
export function guarded<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw errors.badValue((error as Error).message);
  }
}
