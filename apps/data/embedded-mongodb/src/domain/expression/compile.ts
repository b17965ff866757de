/**
 * Aggregation expressions. Operators that only move values about are written here, so that an int64 stays an int64; those
 * that make strings, dates and numbers of their own are mingo's (see fallback.ts).
 */
import { errors } from '../../errors.ts';
import { getField, setField } from '../bson/codec.ts';
import { type Doc, isDocument } from '../bson/types.ts';
import { BINDING_OPERATORS } from './binding-operators.ts';
import type { Compiled, Environment, Names } from './environment.ts';
import { fallback } from './fallback.ts';
import { VALUE_OPERATORS } from './value-operators.ts';

/** @throws CommandError for unknown operators and variables */
export function compileExpression(
  expression: unknown,
  environment: Environment,
): (root: unknown, variables?: Doc) => unknown {
  const known = new Set(Object.keys(environment.variables));
  const compiled = compile(expression, { environment, known });
  return (root, variables) =>
    compiled({
      root,
      variables: variables ? { ...environment.variables, ...variables } : environment.variables,
    });
}

function compile(expression: unknown, names: Names): Compiled {
  if (typeof expression === 'string' && expression.startsWith('$')) return compilePath(expression, names);
  if (Array.isArray(expression)) {
    const elements = expression.map((element) => compile(element, names));
    return (scope) => elements.map((element) => element(scope) ?? null);
  }
  if (!isDocument(expression)) return () => expression;
  const keys = Object.keys(expression);
  const operator = keys[0];
  if (operator?.startsWith('$')) {
    if (keys.length > 1)
      throw errors.location(
        15983,
        `An object representing an expression must have exactly one field: ${JSON.stringify(keys)}`,
      );
    return compileOperator(operator, expression[operator], names);
  }
  return compileObject(expression, names);
}

function compileObject(expression: Doc, names: Names): Compiled {
  const fields = Object.keys(expression).map((name) => [name, compile(expression[name], names)] as const);
  return (scope) => {
    const result: Doc = {};
    for (const [name, field] of fields) {
      const value = field(scope);
      if (value !== undefined) setField(result, name, value);
    }
    return result;
  };
}

function compilePath(path: string, names: Names): Compiled {
  if (!path.startsWith('$$')) {
    const parts = path.slice(1).split('.');
    if (parts.some((part) => part === ''))
      throw errors.location(
        path === '$' ? 16872 : 15998,
        `FieldPath '${path.slice(1)}' is not a valid field path`,
      );
    return (scope) => fieldAt(scope.root, parts, 0);
  }
  const [name = '', ...rest] = path.slice(2).split('.');
  switch (name) {
    case 'ROOT':
    case 'CURRENT':
      return (scope) => fieldAt(scope.root, rest, 0);
    case 'REMOVE':
      return () => undefined;
    case 'NOW': {
      const now = new Date(names.environment.nowMs);
      return () => now;
    }
    case 'KEEP':
    case 'PRUNE':
    case 'DESCEND':
      return () => path;
    default:
      if (!names.known.has(name)) throw errors.location(17276, `Use of undefined variable: ${name}`);
      return (scope) => fieldAt(scope.variables[name], rest, 0);
  }
}

/** Follows a field path; over an array it collects what its elements have. */
export function fieldAt(value: unknown, parts: string[], at: number): unknown {
  const part = parts[at];
  if (part === undefined) return value;
  if (isDocument(value)) return fieldAt(getField(value, part), parts, at + 1);
  if (!Array.isArray(value)) return undefined;
  return value
    .map((element) => (isDocument(element) ? fieldAt(element, parts, at) : undefined))
    .filter((element) => element !== undefined);
}

function compileOperator(operator: string, operand: unknown, names: Names): Compiled {
  const binding = Object.hasOwn(BINDING_OPERATORS, operator) ? BINDING_OPERATORS[operator] : undefined;
  if (binding) return binding(operand, names, compile);
  const known = Object.hasOwn(VALUE_OPERATORS, operator) ? VALUE_OPERATORS[operator] : undefined;
  const run = known?.run ?? fallback(operator);
  if (isDocument(operand) && !Object.keys(operand)[0]?.startsWith('$')) {
    const argument = compileNamed(operand, names);
    return (scope) => run([argument(scope)]);
  }
  const list = Array.isArray(operand) ? operand : [operand];
  if (known && (list.length < known.min || list.length > known.max))
    throw errors.location(
      16020,
      `Expression ${operator} takes ${known.min === known.max ? `exactly ${known.min}` : `at least ${known.min}`} arguments. ${list.length} were passed in.`,
    );
  const args = list.map((element) => compile(element, names));
  return (scope) => run(args.map((argument) => argument(scope)));
}

/** Named arguments keep missing ones as `undefined`, so that an operator can tell `null` from absent. */
function compileNamed(operand: Doc, names: Names): Compiled {
  const fields = Object.keys(operand).map((name) => [name, compile(operand[name], names)] as const);
  return (scope) => Object.fromEntries(fields.map(([name, field]) => [name, field(scope)]));
}
