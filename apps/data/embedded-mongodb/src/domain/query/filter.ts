/** Compiles a filter document into a test on documents. */
import { BSONRegExp } from 'bson';
import { errors } from '../../errors.ts';
import { toNumber, wholeNumber } from '../bson/numbers.ts';
import { type Doc, isDocument, isNumber, isRegex } from '../bson/types.ts';
import { compileExpression } from '../expression/compile.ts';
import type { Environment } from '../expression/environment.ts';
import { truthy } from '../expression/truthy.ts';
import { bits, equals, equalsOrMatches, hasType, matches, modulo, oneOf, ordered } from './comparisons.ts';
import { compileJsonSchema } from './json-schema.ts';
import { anyAt, type Leaf, type MatchContext, orElements, splitPath } from './paths.ts';

/** True when the document matches; notes in `context` which array element made it so. */
export type Filter = (doc: unknown, context?: MatchContext) => boolean;
type Test = (doc: unknown, context: MatchContext) => boolean;

/** @throws CommandError BadValue for what is not understood */
export function compileFilter(filter: Doc, environment: Environment): Filter {
  const test = all(Object.keys(filter).map((key) => compileEntry(key, filter[key], environment)));
  return (doc, context = {}) => test(doc, context);
}

function all(tests: Test[]): Test {
  const [only] = tests;
  if (tests.length === 1 && only) return only;
  return (doc, context) => {
    for (const test of tests) if (!test(doc, context)) return false;
    return true;
  };
}

function compileEntry(key: string, operand: unknown, environment: Environment): Test {
  if (!key.startsWith('$')) return compileField(key, operand, environment);
  switch (key) {
    case '$and':
      return all(branches(key, operand, environment));
    case '$or': {
      const tests = branches(key, operand, environment);
      return (doc, context) => tests.some((test) => test(doc, context));
    }
    case '$nor': {
      const tests = branches(key, operand, environment);
      return (doc) => !tests.some((test) => test(doc, {}));
    }
    case '$expr': {
      const expression = compileExpression(operand, environment);
      return (doc) => truthy(expression(doc as Doc));
    }
    case '$jsonSchema':
      if (!isDocument(operand)) throw errors.typeMismatch('$jsonSchema must be an object');
      return compileJsonSchema(operand);
    case '$comment':
      return () => true;
    case '$alwaysTrue':
      return () => true;
    case '$alwaysFalse':
      return () => false;
    case '$where':
    case '$text':
      throw errors.notImplemented(`${key} is not supported by this server`);
    default:
      throw errors.badValue(
        `unknown top level operator: ${key}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
      );
  }
}

function branches(key: string, operand: unknown, environment: Environment): Test[] {
  if (!Array.isArray(operand)) throw errors.badValue(`${key} must be an array`);
  if (operand.length === 0) throw errors.badValue('$and/$or/$nor must be a nonempty array');
  return operand.map((branch) => {
    if (!isDocument(branch)) throw errors.badValue('$or/$and/$nor entries need to be full objects');
    return compileFilter(branch, environment) as Test;
  });
}

/** True when the operand is `{ $op: …, … }` rather than a document to equal. */
export const isOperatorDocument = (operand: unknown): operand is Doc =>
  isDocument(operand) &&
  Object.keys(operand)[0]?.startsWith('$') === true &&
  !['$ref', '$id', '$db'].includes(Object.keys(operand)[0] ?? '');

function compileField(path: string, operand: unknown, environment: Environment): Test {
  const parts = splitPath(path);
  if (!isOperatorDocument(operand)) return at(parts, orElements(equalsOrMatches(operand)));
  return all(Object.keys(operand).map((op) => compileOperator(parts, op, operand, environment)));
}

const at =
  (parts: string[], leaf: Leaf): Test =>
  (doc, context) =>
    anyAt(doc, parts, 0, leaf, context);

const not =
  (test: Test): Test =>
  (doc) =>
    !test(doc, {});

function compileOperator(parts: string[], operator: string, operators: Doc, environment: Environment): Test {
  const operand = operators[operator];
  switch (operator) {
    case '$eq':
      return at(parts, orElements(equals(operand)));
    case '$ne':
      if (isRegex(operand)) throw errors.badValue("Can't have regex as arg to $ne.");
      return not(at(parts, orElements(equals(operand))));
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return at(parts, orElements(ordered(operator, operand)));
    case '$in':
      return at(parts, orElements(oneOf(operator, operand)));
    case '$nin':
      return not(at(parts, orElements(oneOf(operator, operand))));
    case '$exists': {
      const exists = at(parts, (value) => value !== undefined);
      return truthy(operand) ? exists : not(exists);
    }
    case '$not':
      return not(negated(parts, operand, environment));
    case '$regex':
      return at(parts, orElements(matches(regexFrom(operand, operators.$options))));
    case '$options':
      if (!('$regex' in operators)) throw errors.badValue('$options needs a $regex');
      return () => true;
    case '$type':
      return at(parts, orElements(hasType(operand)));
    case '$mod':
      return at(parts, orElements(modulo(operand)));
    case '$size':
      return at(parts, sizeIs(operand));
    case '$all':
      return everyOf(parts, operand, environment);
    case '$elemMatch':
      return at(parts, elementMatches(operand, environment));
    case '$bitsAllSet':
    case '$bitsAnySet':
    case '$bitsAllClear':
    case '$bitsAnyClear':
      return at(parts, orElements(bits(operator, operand)));
    case '$comment':
      return () => true;
    default:
      throw errors.badValue(`unknown operator: ${operator}`);
  }
}

function negated(parts: string[], operand: unknown, environment: Environment): Test {
  if (isRegex(operand)) return at(parts, orElements(matches(operand)));
  if (!isDocument(operand)) throw errors.badValue('$not needs a regex or a document');
  if (Object.keys(operand).length === 0) throw errors.badValue('$not cannot be empty');
  return all(Object.keys(operand).map((op) => compileOperator(parts, op, operand, environment)));
}

function regexFrom(operand: unknown, options: unknown): BSONRegExp {
  if (isRegex(operand))
    return typeof options === 'string' ? new BSONRegExp(operand.pattern, options) : operand;
  if (typeof operand !== 'string') throw errors.badValue('$regex has to be a string');
  return new BSONRegExp(operand, typeof options === 'string' ? options : '');
}

function sizeIs(operand: unknown): Leaf {
  if (!isNumber(operand)) throw errors.failedToParse('Failed to parse $size. Expected a number');
  const size = wholeNumber(operand);
  if (size === undefined)
    throw errors.failedToParse(`Failed to parse $size. Expected an integer: $size: ${toNumber(operand)}`);
  if (size < 0)
    throw errors.failedToParse(`Failed to parse $size. Expected a non-negative number in: $size: ${size}`);
  return (value) => Array.isArray(value) && value.length === size;
}

function everyOf(parts: string[], operand: unknown, environment: Environment): Test {
  if (!Array.isArray(operand)) throw errors.badValue('$all needs an array');
  if (operand.length === 0) return () => false;
  return all(
    operand.map((wanted) =>
      isDocument(wanted) && '$elemMatch' in wanted
        ? at(parts, elementMatches(wanted.$elemMatch, environment))
        : at(parts, orElements(equalsOrMatches(wanted))),
    ),
  );
}

/** One element has to satisfy everything: as a document, or as a value where the operand holds operators. */
function elementMatches(operand: unknown, environment: Environment): Leaf {
  if (!isDocument(operand)) throw errors.badValue('$elemMatch needs an Object');
  const onValues =
    isOperatorDocument(operand) && !['$and', '$or', '$nor', '$expr'].includes(Object.keys(operand)[0] ?? '');
  const test = onValues
    ? all(Object.keys(operand).map((op) => compileOperator([], op, operand, environment)))
    : (compileFilter(operand, environment) as Test);
  const fits = (element: unknown): boolean =>
    onValues ? test(element, {}) : (isDocument(element) || Array.isArray(element)) && test(element, {});
  return (value, context) => {
    if (!Array.isArray(value)) return false;
    const index = value.findIndex(fits);
    if (index >= 0) context.index = index;
    return index >= 0;
  };
}
