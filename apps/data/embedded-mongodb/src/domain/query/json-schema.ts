/** `$jsonSchema`: the keywords collection validators use. */
import { errors } from '../../errors.ts';
import { equalValues } from '../bson/compare.ts';
import { toNumber } from '../bson/numbers.ts';
import { type Doc, isDocument, isNumber } from '../bson/types.ts';
import { hasType } from './comparisons.ts';
import { compileRegex } from './regex.ts';

type Check = (value: unknown) => boolean;

const JSON_TYPES: Readonly<Record<string, string>> = { boolean: 'bool', number: 'number' };
const limit = (operand: unknown): number => toNumber(operand);
const onNumber =
  (test: (n: number) => boolean): Check =>
  (value) =>
    !isNumber(value) || test(toNumber(value));
const onText =
  (test: (text: string) => boolean): Check =>
  (value) =>
    typeof value !== 'string' || test(value);
const onArray =
  (test: (elements: unknown[]) => boolean): Check =>
  (value) =>
    !Array.isArray(value) || test(value);
const onDocument =
  (test: (doc: Doc) => boolean): Check =>
  (value) =>
    !isDocument(value) || test(value);

const schemas = (operand: unknown): Check[] => (operand as Doc[]).map(compileJsonSchema);

const KEYWORDS: Readonly<Record<string, (operand: unknown, schema: Doc) => Check>> = {
  bsonType: (operand) => hasType(operand),
  type: (operand) => hasType(([operand].flat() as string[]).map((name) => JSON_TYPES[name] ?? name)),
  enum: (operand) => (value) => (operand as unknown[]).some((choice) => equalValues(choice, value)),
  required: (operand) => onDocument((doc) => (operand as string[]).every((name) => Object.hasOwn(doc, name))),
  properties: (operand) => {
    const checks = Object.entries(operand as Doc).map(
      ([name, schema]) => [name, compileJsonSchema(schema as Doc)] as const,
    );
    return onDocument((doc) =>
      checks.every(([name, check]) => !Object.hasOwn(doc, name) || check(doc[name])),
    );
  },
  additionalProperties: (operand, schema) => {
    const known = new Set(Object.keys((schema.properties as Doc) ?? {}));
    const check: Check = isDocument(operand) ? compileJsonSchema(operand) : () => operand !== false;
    return onDocument((doc) => Object.keys(doc).every((name) => known.has(name) || check(doc[name])));
  },
  minimum: (operand, schema) =>
    onNumber((n) => (schema.exclusiveMinimum === true ? n > limit(operand) : n >= limit(operand))),
  maximum: (operand, schema) =>
    onNumber((n) => (schema.exclusiveMaximum === true ? n < limit(operand) : n <= limit(operand))),
  exclusiveMinimum: () => () => true,
  exclusiveMaximum: () => () => true,
  multipleOf: (operand) => onNumber((n) => n % limit(operand) === 0),
  minLength: (operand) => onText((text) => [...text].length >= limit(operand)),
  maxLength: (operand) => onText((text) => [...text].length <= limit(operand)),
  pattern: (operand) => onText((text) => compileRegex(operand as string).test(text)),
  items: (operand) => {
    const check = compileJsonSchema(operand as Doc);
    return onArray((elements) => elements.every(check));
  },
  minItems: (operand) => onArray((elements) => elements.length >= limit(operand)),
  maxItems: (operand) => onArray((elements) => elements.length <= limit(operand)),
  uniqueItems: (operand) =>
    onArray(
      (elements) =>
        !operand || elements.every((a, i) => !elements.slice(0, i).some((b) => equalValues(a, b))),
    ),
  minProperties: (operand) => onDocument((doc) => Object.keys(doc).length >= limit(operand)),
  maxProperties: (operand) => onDocument((doc) => Object.keys(doc).length <= limit(operand)),
  allOf: (operand) => {
    const checks = schemas(operand);
    return (value) => checks.every((check) => check(value));
  },
  anyOf: (operand) => {
    const checks = schemas(operand);
    return (value) => checks.some((check) => check(value));
  },
  oneOf: (operand) => {
    const checks = schemas(operand);
    return (value) => checks.filter((check) => check(value)).length === 1;
  },
  not: (operand) => {
    const check = compileJsonSchema(operand as Doc);
    return (value) => !check(value);
  },
  title: () => () => true,
  description: () => () => true,
};

export function compileJsonSchema(schema: Doc): Check {
  const checks = Object.keys(schema).map((keyword) => {
    const make = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
    if (!make) throw errors.failedToParse(`Unknown $jsonSchema keyword: ${keyword}`);
    return make(schema[keyword], schema);
  });
  return (value) => checks.every((check) => check(value));
}
