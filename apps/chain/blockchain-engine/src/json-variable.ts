import type { Variable } from '@lucid/config';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * A list written as JSON. Refuses in words that never contain what was given. It names validators, as `BLOCKCHAIN_NODE_ID`
 * does, so it may come as a file as that does.
 */
export function jsonList<Item extends TSchema>(given: {
  doc: string;
  type: string;
  item: Item;
}): Variable<readonly Static<Item>[]> {
  const shape = Compile(given.item);
  return {
    doc: given.doc,
    type: given.type,
    secret: true,
    required: false,
    defaultValue: [],
    defaultText: '',
    parse: (text) => {
      const entries = parsed(text);
      if (!Array.isArray(entries)) throw new Error('must be a JSON array');
      const wrong = entries.findIndex((entry) => !shape.Check(entry));
      if (wrong >= 0) throw new Error(`entry ${wrong} must have the form ${given.type}`);
      return entries as Static<Item>[];
    },
  };
}

function parsed(text: string): unknown {
  if (text === '') return [];
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the caller says what it must be; what the parser says would quote the text
  }
}
