/** Operators that bind variables or leave some arguments unevaluated. */
import { Double } from 'bson';
import { errors } from '../../errors.ts';
import { type Doc, isDocument, isNullish } from '../bson/types.ts';
import type { Compile, Compiled, Names } from './environment.ts';
import { truthy } from './truthy.ts';

export type BindingOperator = (operand: unknown, names: Names, compile: Compile) => Compiled;

const withNames = (names: Names, added: string[]): Names => ({
  ...names,
  known: new Set([...names.known, ...added]),
});

const listOf = (operand: unknown): unknown[] => (Array.isArray(operand) ? operand : [operand]);

function namedOf(operator: string, operand: unknown, allowed: string[], required: string[]): Doc {
  if (!isDocument(operand)) throw errors.failedToParse(`${operator} only supports an object as its argument`);
  for (const name of Object.keys(operand))
    if (!allowed.includes(name)) throw errors.failedToParse(`Unrecognized parameter to ${operator}: ${name}`);
  for (const name of required)
    if (!(name in operand)) throw errors.failedToParse(`Missing '${name}' parameter to ${operator}`);
  return operand;
}

function arrayFrom(operator: string, value: unknown): unknown[] | null {
  if (isNullish(value)) return null;
  if (!Array.isArray(value)) throw errors.location(16883, `input to ${operator} must be an array`);
  return value;
}

const $cond: BindingOperator = (operand, names, compile) => {
  const [test, yes, no] = isDocument(operand)
    ? ['if', 'then', 'else'].map((key) => namedOf('$cond', operand, ['if', 'then', 'else'], [key])[key])
    : listOf(operand);
  if (Array.isArray(operand) && operand.length !== 3)
    throw errors.location(
      16020,
      `Expression $cond takes exactly 3 arguments. ${operand.length} were passed in.`,
    );
  const branches = [test, yes, no].map((branch) => compile(branch, names)) as [Compiled, Compiled, Compiled];
  return (scope) => (truthy(branches[0](scope)) ? branches[1](scope) : branches[2](scope));
};

const $switch: BindingOperator = (operand, names, compile) => {
  const given = namedOf('$switch', operand, ['branches', 'default'], ['branches']);
  const branches = (given.branches as Doc[]).map((branch) => ({
    test: compile(branch.case, names),
    result: compile(branch.then, names),
  }));
  const otherwise = 'default' in given ? compile(given.default, names) : undefined;
  return (scope) => {
    const branch = branches.find(({ test }) => truthy(test(scope)));
    if (branch) return branch.result(scope);
    if (!otherwise)
      throw errors.location(
        40066,
        '$switch could not find a matching branch for an input, and no default was specified.',
      );
    return otherwise(scope);
  };
};

const $let: BindingOperator = (operand, names, compile) => {
  const given = namedOf('$let', operand, ['vars', 'in'], ['vars', 'in']);
  const variables = Object.entries(given.vars as Doc).map(
    ([name, value]) => [name, compile(value, names)] as const,
  );
  const body = compile(given.in, withNames(names, Object.keys(given.vars as Doc)));
  return (scope) => {
    const added = Object.fromEntries(variables.map(([name, value]) => [name, value(scope)]));
    return body({ ...scope, variables: { ...scope.variables, ...added } });
  };
};

const $map: BindingOperator = (operand, names, compile) => {
  const given = namedOf('$map', operand, ['input', 'as', 'in'], ['input', 'in']);
  const name = (given.as as string | undefined) ?? 'this';
  const input = compile(given.input, names);
  const body = compile(given.in, withNames(names, [name]));
  return (scope) =>
    arrayFrom('$map', input(scope))?.map(
      (element) => body({ ...scope, variables: { ...scope.variables, [name]: element } }) ?? null,
    ) ?? null;
};

const $filter: BindingOperator = (operand, names, compile) => {
  const given = namedOf('$filter', operand, ['input', 'as', 'cond', 'limit'], ['input', 'cond']);
  const name = (given.as as string | undefined) ?? 'this';
  const input = compile(given.input, names);
  const test = compile(given.cond, withNames(names, [name]));
  const limit = 'limit' in given ? compile(given.limit, names) : () => null;
  return (scope) => {
    const most = limit(scope);
    return (
      arrayFrom('$filter', input(scope))
        ?.filter((element) => truthy(test({ ...scope, variables: { ...scope.variables, [name]: element } })))
        .slice(0, isNullish(most) ? undefined : Number(most)) ?? null
    );
  };
};

const $reduce: BindingOperator = (operand, names, compile) => {
  const given = namedOf('$reduce', operand, ['input', 'initialValue', 'in'], ['input', 'initialValue', 'in']);
  const input = compile(given.input, names);
  const initial = compile(given.initialValue, names);
  const body = compile(given.in, withNames(names, ['this', 'value']));
  return (scope) => {
    const elements = arrayFrom('$reduce', input(scope));
    return (
      elements?.reduce(
        (value, element) => body({ ...scope, variables: { ...scope.variables, this: element, value } }),
        initial(scope),
      ) ?? null
    );
  };
};

export const BINDING_OPERATORS: Readonly<Record<string, BindingOperator>> = {
  $cond,
  $switch,
  $let,
  $map,
  $filter,
  $reduce,
  $literal: (operand) => () => operand,
  $expr: (operand, names, compile) => compile(operand, names),
  $rand:
    (_operand, { environment }) =>
    () =>
      new Double(environment.fraction()),
  $and: (operand, names, compile) => {
    const tests = listOf(operand).map((test) => compile(test, names));
    return (scope) => tests.every((test) => truthy(test(scope)));
  },
  $or: (operand, names, compile) => {
    const tests = listOf(operand).map((test) => compile(test, names));
    return (scope) => tests.some((test) => truthy(test(scope)));
  },
  $ifNull: (operand, names, compile) => {
    const choices = listOf(operand).map((choice) => compile(choice, names));
    if (choices.length < 2) throw errors.location(1257300, '$ifNull needs at least two arguments');
    return (scope) => {
      for (const choice of choices.slice(0, -1)) {
        const value = choice(scope);
        if (!isNullish(value)) return value;
      }
      return choices.at(-1)?.(scope);
    };
  },
};
