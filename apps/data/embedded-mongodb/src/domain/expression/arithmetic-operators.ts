import { type Decimal128, Double, Int32, Long } from 'bson';
import { errors } from '../../errors.ts';
import { compareValues } from '../bson/compare.ts';
import { divideDecimals, partsOfDecimal128, toDecimal128 } from '../bson/decimal.ts';
import { arithmetic, double, exactOf, integer, toNumber, wholeNumber } from '../bson/numbers.ts';
import { isNullish, isNumber, type NumberValue, typeOf } from '../bson/types.ts';
import { binary, unary, type ValueOperator, variadic } from './value-operator.ts';

const refuse = (operator: string, value: unknown): never => {
  throw errors.typeMismatch(`${operator} only supports numeric types, not ${typeOf(value)}`);
};

const numeric = (operator: string, value: unknown): NumberValue =>
  isNumber(value) ? value : refuse(operator, value);

function add(args: unknown[]): unknown {
  if (args.some(isNullish)) return null;
  const dates = args.filter((value) => value instanceof Date);
  if (dates.length > 1) throw errors.location(16612, 'only one date allowed in an $add expression');
  const sum = args
    .filter((value) => !(value instanceof Date))
    .reduce<unknown>((total, value) => {
      if (!isNumber(value))
        throw errors.typeMismatch(`$add only supports numeric or date types, not ${typeOf(value)}`);
      return arithmetic('add', total, value);
    }, new Int32(0));
  return dates[0] ? new Date((dates[0] as Date).getTime() + Math.trunc(toNumber(sum))) : sum;
}

function subtract(a: unknown, b: unknown): unknown {
  if (isNullish(a) || isNullish(b)) return null;
  if (a instanceof Date) {
    if (b instanceof Date) return Long.fromNumber(a.getTime() - b.getTime());
    return new Date(a.getTime() - Math.trunc(toNumber(numeric('$subtract', b))));
  }
  if (!isNumber(a) || !isNumber(b))
    throw errors.typeMismatch(`can't $subtract ${typeOf(b)} from ${typeOf(a)}`);
  return arithmetic('subtract', a, b);
}

function divide(a: unknown, b: unknown): unknown {
  if (isNullish(a) || isNullish(b)) return null;
  if (!isNumber(a) || !isNumber(b))
    throw errors.typeMismatch(`$divide only supports numeric types, not ${typeOf(a)} and ${typeOf(b)}`);
  if (toNumber(b) === 0) throw errors.badValue("can't $divide by zero");
  if (typeOf(a) !== 'decimal' && typeOf(b) !== 'decimal') return double(toNumber(a) / toNumber(b));
  const [x, y] = [a, b].map((value) =>
    arithmetic('multiply', value, toDecimal128({ coefficient: 1n, exponent: 0 })),
  );
  const left = partsOfDecimal128(x as Decimal128);
  const right = partsOfDecimal128(y as Decimal128);
  if (typeof left === 'number' || typeof right === 'number') return double(toNumber(a) / toNumber(b));
  return toDecimal128(divideDecimals(left, right));
}

function modulo(a: unknown, b: unknown): unknown {
  if (isNullish(a) || isNullish(b)) return null;
  const [x, y] = [numeric('$mod', a), numeric('$mod', b)];
  if (toNumber(y) === 0) throw errors.location(16610, "can't $mod by zero");
  const types = [typeOf(x), typeOf(y)];
  if (types.includes('double') || types.includes('decimal')) return double(toNumber(x) % toNumber(y));
  return integer(BigInt(exactOf(x) as number) % BigInt(exactOf(y) as number), types.includes('long'));
}

/** A function on doubles; `null` for null. */
const onDouble = (operator: string, run: (n: number) => number): ValueOperator =>
  unary((value) => (isNullish(value) ? null : double(run(toNumber(numeric(operator, value))))));

/** A function that leaves integers what they are. */
const keepingIntegers = (operator: string, run: (n: number) => number): ValueOperator =>
  unary((value) => {
    if (isNullish(value)) return null;
    const type = typeOf(numeric(operator, value));
    if (type === 'int' || type === 'long') return value;
    return double(run(toNumber(value)));
  });

function rounded(operator: string, run: (n: number) => number): ValueOperator {
  return variadic(
    ([value, place]) => {
      if (isNullish(value)) return null;
      const digits = place === undefined ? 0 : (wholeNumber(place) ?? 0);
      const type = typeOf(numeric(operator, value));
      if ((type === 'int' || type === 'long') && digits >= 0) return value;
      // Moving the decimal point as text avoids the error of a multiplication: 2.675 is 2.675e0, not 267.49999….
      const shift = (n: number, by: number): number => {
        const [mantissa, exponent = '0'] = String(n).split('e');
        return Number(`${mantissa}e${Number(exponent) + by}`);
      };
      const result = shift(run(shift(toNumber(value), digits)), -digits);
      return type === 'int' || type === 'long' ? integer(BigInt(result), type === 'long') : double(result);
    },
    1,
    2,
  );
}

/** Half to even, MongoDB's rounding. */
function halfToEven(n: number): number {
  const floor = Math.floor(n);
  if (n - floor !== 0.5) return Math.round(n);
  return floor % 2 === 0 ? floor : floor + 1;
}

function power(a: unknown, b: unknown): unknown {
  if (isNullish(a) || isNullish(b)) return null;
  const result = toNumber(numeric('$pow', a)) ** toNumber(numeric('$pow', b));
  const types = [typeOf(a), typeOf(b)];
  const whole = types.every((type) => type === 'int' || type === 'long') && Number.isSafeInteger(result);
  return whole ? integer(BigInt(result), types.includes('long')) : double(result);
}

/** The numbers a `$sum`, `$avg`, `$min` or `$max` over arguments looks at: one array argument stands for its elements. */
const spread = (args: unknown[]): unknown[] => (args.length === 1 && Array.isArray(args[0]) ? args[0] : args);

const sum = (values: unknown[]): NumberValue =>
  values
    .filter(isNumber)
    .reduce<NumberValue>((total, value) => arithmetic('add', total, value), new Int32(0));

const extreme = (values: unknown[], wanted: number): unknown =>
  values
    .filter((value) => !isNullish(value))
    .reduce<unknown>(
      (best, value) => (best === null || compareValues(value, best) === wanted ? value : best),
      null,
    );

const TRIGONOMETRY = Object.fromEntries(
  (
    ['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh'] as const
  ).map((name) => [`$${name}`, onDouble(`$${name}`, Math[name])]),
);

export const ARITHMETIC_OPERATORS: Readonly<Record<string, ValueOperator>> = {
  ...TRIGONOMETRY,
  $add: variadic(add),
  $subtract: binary(subtract),
  $multiply: variadic((args) =>
    args.some(isNullish)
      ? null
      : args.reduce<unknown>(
          (total, value) => arithmetic('multiply', total, numeric('$multiply', value)),
          new Int32(1),
        ),
  ),
  $divide: binary(divide),
  $mod: binary(modulo),
  $pow: binary(power),
  $abs: unary((value) => {
    if (isNullish(value)) return null;
    return toNumber(numeric('$abs', value)) < 0 ? arithmetic('multiply', value, new Int32(-1)) : value;
  }),
  $ceil: keepingIntegers('$ceil', Math.ceil),
  $floor: keepingIntegers('$floor', Math.floor),
  $round: rounded('$round', halfToEven),
  $trunc: rounded('$trunc', Math.trunc),
  $sqrt: onDouble('$sqrt', Math.sqrt),
  $exp: onDouble('$exp', Math.exp),
  $ln: onDouble('$ln', Math.log),
  $log10: onDouble('$log10', Math.log10),
  $log: binary((a, b) =>
    isNullish(a) || isNullish(b) ? null : double(Math.log(toNumber(a)) / Math.log(toNumber(b))),
  ),
  $degreesToRadians: onDouble('$degreesToRadians', (n) => (n * Math.PI) / 180),
  $radiansToDegrees: onDouble('$radiansToDegrees', (n) => (n * 180) / Math.PI),
  $atan2: binary((a, b) => new Double(Math.atan2(toNumber(a), toNumber(b)))),
  $sum: variadic((args) => sum(spread(args))),
  $avg: variadic((args) => {
    const values = spread(args).filter(isNumber);
    return values.length === 0 ? null : divide(sum(values), new Int32(values.length));
  }),
  $min: variadic((args) => extreme(spread(args), -1)),
  $max: variadic((args) => extreme(spread(args), 1)),
};
