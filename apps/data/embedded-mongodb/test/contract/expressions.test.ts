import { describe, expect } from 'vitest';
import { contract, contractServer, type Row } from './harness.ts';

contractServer();

const ORDER: Row = {
  _id: 1,
  who: 'ann',
  price: 10,
  qty: 2,
  items: ['a', 'b'],
  at: new Date('2026-01-15T10:00:00Z'),
};

/** The value of one expression over the order. */
const computes = (sentence: string, value: unknown, expected: unknown): void =>
  contract(sentence, async ({ rows }) => {
    await rows.insertOne(ORDER);
    const [found] = await rows.aggregate([{ $project: { _id: 0, value } }]).toArray();
    expect(found?.value).toEqual(expected);
  });

/** Built, not written: an object literal with `then` would look like a promise to the linter. */
const branch = (test: unknown, result: unknown): object =>
  Object.fromEntries([
    ['case', test],
    ['then', result],
  ]);

describe('expressions', () => {
  computes('$add adds', { $add: ['$price', '$qty', 1] }, 13);
  computes(
    '$subtract of dates gives milliseconds',
    { $subtract: ['$at', new Date('2026-01-15T09:59:59Z')] },
    1000,
  );
  computes('$divide gives fractions', { $divide: ['$price', 4] }, 2.5);
  computes('$mod gives remainders', { $mod: ['$price', 3] }, 1);
  computes('$round rounds half to even', { $round: [2.5, 0] }, 2);
  computes('$floor and $ceil go down and up', [{ $floor: 1.5 }, { $ceil: 1.5 }], [1, 2]);
  computes('$cond chooses', { $cond: [{ $gt: ['$qty', 1] }, 'many', 'one'] }, 'many');
  computes(
    '$switch takes the first true branch',
    {
      $switch: {
        branches: [branch(false, 1), branch(true, 2)],
        default: 3,
      },
    },
    2,
  );
  computes('$ifNull replaces missing values', { $ifNull: ['$nope', 'default'] }, 'default');
  computes('$concat joins strings', { $concat: ['$who', '-', 'x'] }, 'ann-x');
  computes('$toUpper raises letters', { $toUpper: '$who' }, 'ANN');
  computes('$substrCP cuts strings', { $substrCP: ['$who', 1, 2] }, 'nn');
  computes('$split cuts at a separator', { $split: ['a,b', ','] }, ['a', 'b']);
  computes('$trim drops blanks', { $trim: { input: '  x ' } }, 'x');
  computes('$regexMatch tests', { $regexMatch: { input: '$who', regex: '^a' } }, true);
  computes('$size counts elements', { $size: '$items' }, 2);
  computes('$arrayElemAt counts from the end too', { $arrayElemAt: ['$items', -1] }, 'b');
  computes(
    '$map changes every element',
    { $map: { input: [1, 2], as: 'n', in: { $multiply: ['$$n', '$qty'] } } },
    [2, 4],
  );
  computes(
    '$filter keeps elements',
    { $filter: { input: [1, 2, 3], as: 'n', cond: { $gte: ['$$n', 2] } } },
    [2, 3],
  );
  computes(
    '$reduce folds',
    { $reduce: { input: [1, 2, 3], initialValue: 0, in: { $add: ['$$value', '$$this'] } } },
    6,
  );
  computes('$in tests membership', { $in: ['a', '$items'] }, true);
  computes('$setUnion joins sets', { $setEquals: [{ $setUnion: [['a'], '$items'] }, ['a', 'b']] }, true);
  computes('$mergeObjects merges', { $mergeObjects: [{ a: 1 }, { a: 2, b: 3 }] }, { a: 2, b: 3 });
  computes('$objectToArray takes documents apart', { $objectToArray: { a: 1 } }, [{ k: 'a', v: 1 }]);
  computes('$let binds variables', { $let: { vars: { x: 2 }, in: { $multiply: ['$$x', '$price'] } } }, 20);
  computes('$type names the type', { $type: '$price' }, 'int');
  computes('$toString and $toInt convert', [{ $toString: 5 }, { $toInt: '7' }], ['5', 7]);
  computes(
    '$year, $month and $dayOfMonth read dates',
    [{ $year: '$at' }, { $month: '$at' }, { $dayOfMonth: '$at' }],
    [2026, 1, 15],
  );
  computes(
    '$dateToString formats dates',
    { $dateToString: { date: '$at', format: '%Y-%m-%d' } },
    '2026-01-15',
  );
  computes('$literal is not evaluated', { $literal: '$who' }, '$who');
});
