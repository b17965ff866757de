import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { fromText } from '../src/from-text.ts';

const schema = Type.Object({
  whole: Type.Optional(Type.Integer()),
  number: Type.Optional(Type.Number()),
  yes: Type.Optional(Type.Boolean()),
  text: Type.Optional(Type.String()),
});

test('numbers and booleans are read as such', () => {
  const given = { whole: '12', number: '-1.5', yes: 'false', text: '12', other: '1' };
  expect(fromText(schema, given)).toEqual({ whole: 12, number: -1.5, yes: false, text: '12', other: '1' });
});

test.each(['1.5', 'true', '1e3', '0x10', '', ' 7 ', '9007199254740993', 'null', '٣'])(
  '%j is no whole number and stays what it is',
  (whole) => {
    expect(fromText(schema, { whole })).toEqual({ whole });
  },
);

test('a repeated parameter stays a list, which no contract takes', () => {
  expect(fromText(schema, { whole: ['1', '2'] })).toEqual({ whole: ['1', '2'] });
});
