import type { TSchema } from 'typebox';

const WHOLE_NUMBER = /^-?\d{1,16}$/;
const NUMBER = /^-?\d+(\.\d+)?$/;

/**
 * Reads what a URL or header says as the contract's types. Only what is written as a number or boolean becomes one: `1.5`,
 * `0x10`, `true` and nothing at all are no whole numbers, and stay text for the check to refuse.
 * @param data flat, as params, query and headers are
 */
export function fromText(schema: TSchema, data: unknown): unknown {
  const { properties } = schema as { properties?: Record<string, { type?: unknown }> };
  if (!properties || typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, convert(properties[name]?.type, value)]),
  );
}

function convert(type: unknown, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  if (type === 'integer' && WHOLE_NUMBER.test(value) && Number.isSafeInteger(Number(value)))
    return Number(value) + 0; // −0 is 0
  return type === 'number' && NUMBER.test(value) ? Number(value) : value;
}
