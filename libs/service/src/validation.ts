import { commonErrors, type ServiceError } from '@lucid/errors';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';
import { fromText } from './from-text.ts';

interface Problem {
  keyword: string;
  instancePath: string;
  params: Record<string, unknown>;
  message: string;
}

/**
 * Checks params, query, headers and body against the contract. Text that comes in a URL or header is converted to the
 * contract's type; a JSON body is not: `"5"` is not a number.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const compiled = Compile(schema);
  const isText = httpPart !== 'body';
  return (data: unknown) => {
    const value = isText ? Value.Default(schema, fromText(schema, data)) : data;
    if (compiled.Check(value)) return { value };
    return { error: problemError(compiled.Errors(value) as unknown as Problem[], httpPart) };
  };
};

const RANGE_KEYWORDS = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
]);

function problemError(problems: readonly Problem[], part = 'body'): ServiceError {
  const first = problems[0];
  const fields = problems
    .slice(0, 10)
    .map((problem) => ({ field: fieldOf(problem, part), problem: problem.message }));
  return factoryFor(first)({ details: { fields } });
}

function factoryFor(problem: Problem | undefined) {
  if (problem?.keyword === 'required') return commonErrors.FIELD_MISSING;
  if (problem?.keyword === 'format' && problem.params.format === 'uuid') return commonErrors.INVALID_UUID;
  if (problem?.keyword === 'format' && problem.params.format === 'email') return commonErrors.INVALID_EMAIL;
  if (problem?.keyword === 'format' && problem.params.format === 'date-time')
    return commonErrors.INVALID_DATE;
  if (problem?.keyword === 'format' || problem?.keyword === 'pattern') return commonErrors.INVALID_FORMAT;
  if (problem && RANGE_KEYWORDS.has(problem.keyword)) return commonErrors.OUT_OF_RANGE;
  return commonErrors.INVALID_DATA;
}

const fieldOf = (problem: Problem, part: string): string =>
  `${part}${problem.instancePath.replaceAll('/', '.')}`;
