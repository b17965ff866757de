/** Reading command fields, with MongoDB's errors for wrong types. */

import { toNumber, wholeBigInt, wholeNumber } from '../domain/bson/numbers.ts';
import { type Doc, isDocument, isNumber, typeOf } from '../domain/bson/types.ts';
import { truthy } from '../domain/expression/truthy.ts';
import { errors } from '../errors.ts';
import type { CommandContext } from './command.ts';

const wrongType = (context: CommandContext, field: string, expected: string, value: unknown): Error =>
  errors.typeMismatch(
    `BSON field '${context.name}.${field}' is the wrong type '${typeOf(value)}', expected type '${expected}'`,
  );

/** The name of the collection, which is the command's first value. */
export function collectionName(context: CommandContext): string {
  const name = context.command[context.name];
  if (typeof name === 'string' && name !== '') return name;
  if (name === '') throw errors.invalidNamespace(`Invalid namespace specified '${context.db}.'`);
  throw errors.badValue(`collection name has invalid type ${typeOf(name)}`);
}

export function optionalDoc(context: CommandContext, field: string): Doc | undefined {
  const value = context.command[field];
  if (value === undefined || value === null) return undefined;
  if (!isDocument(value)) throw wrongType(context, field, 'object', value);
  return value;
}

export const docOrEmpty = (context: CommandContext, field: string): Doc => optionalDoc(context, field) ?? {};

export function docList(context: CommandContext, field: string): Doc[] {
  const value = context.command[field];
  if (value === undefined) throw errors.missingField(context.name, field);
  if (!Array.isArray(value)) throw wrongType(context, field, 'array', value);
  for (const element of value)
    if (!isDocument(element)) throw wrongType(context, `${field}.0`, 'object', element);
  return value as Doc[];
}

/** @throws CommandError TypeMismatch, BadValue below zero */
export function optionalSize(context: CommandContext, field: string): number | undefined {
  const value = context.command[field];
  if (value === undefined || value === null) return undefined;
  if (!isNumber(value)) throw wrongType(context, field, 'long', value);
  const n = wholeNumber(value) ?? Math.trunc(toNumber(value));
  if (n < 0) throw errors.location(51024, `BSON field '${field}' value must be >= 0, actual value '${n}'`);
  return n;
}

export const flag = (context: CommandContext, field: string, otherwise = false): boolean =>
  context.command[field] === undefined ? otherwise : truthy(context.command[field]);

export function int64(value: unknown): bigint | undefined {
  return isNumber(value) ? wholeBigInt(value) : undefined;
}

/** Fields any command may carry. */
export const GENERIC_FIELDS = new Set([
  ...[
    '$db',
    'lsid',
    'txnNumber',
    'autocommit',
    'startTransaction',
    'stmtId',
    'stmtIds',
    '$clusterTime',
    '$readPreference',
  ],
  ...[
    'readConcern',
    'writeConcern',
    'comment',
    'maxTimeMS',
    'apiVersion',
    'apiStrict',
    'apiDeprecationErrors',
  ],
  ...[
    '$audit',
    '$client',
    'helloOk',
    'backpressure',
    'client',
    '$replData',
    'maxTimeMSOpOnly',
    'mayBypassWriteBlocking',
  ],
]);

export function refuseUnknownFields(name: string, command: Doc, known: readonly string[]): void {
  for (const field of Object.keys(command))
    if (field !== name && !GENERIC_FIELDS.has(field) && !known.includes(field))
      throw errors.unknownField(name, field);
}

/** This server compares strings byte by byte. @throws CommandError NotImplemented for any other collation */
export function refuseCollation(collation: unknown): void {
  if (isDocument(collation) && collation.locale !== 'simple')
    throw errors.notImplemented('only the collation "simple" is supported by this server');
}
