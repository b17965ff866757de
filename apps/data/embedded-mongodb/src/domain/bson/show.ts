/** Values as MongoDB prints them in error messages (`{ name: "x", n: 1.0 }`). */
import type { Binary, BSONRegExp, Timestamp } from 'bson';
import { stringOf } from './compare.ts';
import { type Doc, typeOf } from './types.ts';

const showDouble = (n: number): string =>
  Number.isNaN(n) ? 'nan.0' : Number.isInteger(n) && Math.abs(n) < 1e15 ? n.toFixed(1) : String(n);

export function show(value: unknown): string {
  switch (typeOf(value)) {
    case 'missing':
    case 'null':
      return 'null';
    case 'string':
    case 'symbol':
      return `"${stringOf(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
    case 'double':
      return showDouble(Number(value));
    case 'objectId':
      return `ObjectId('${String(value)}')`;
    case 'date':
      return `new Date(${(value as Date).getTime()})`;
    case 'array': {
      const elements = (value as unknown[]).map(show);
      return elements.length === 0 ? '[]' : `[ ${elements.join(', ')} ]`;
    }
    case 'object':
      return showDocument(value as Doc);
    case 'binData': {
      const binary = value as Binary;
      if (binary.sub_type === 4) return `UUID("${binary.toUUID().toString()}")`;
      return `BinData(${binary.sub_type}, ${Buffer.from(binary.value()).toString('hex').toUpperCase()})`;
    }
    case 'timestamp': {
      const stamp = value as Timestamp;
      return `Timestamp(${stamp.getHighBitsUnsigned()}, ${stamp.getLowBitsUnsigned()})`;
    }
    case 'regex':
      return `/${(value as BSONRegExp).pattern}/${(value as BSONRegExp).options}`;
    case 'minKey':
      return 'MinKey';
    case 'maxKey':
      return 'MaxKey';
    case 'decimal':
      return `Decimal128('${String(value)}')`;
    default:
      return String(value);
  }
}

export function showDocument(doc: Doc): string {
  const fields = Object.keys(doc).map((name) => `${name}: ${show(doc[name])}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
