/** One environment variable: how it is read, what it means, whether it is a secret. */
export interface Variable<Value> {
  readonly doc: string;
  /** Shown in docs; secrets never have one. */
  readonly type: string;
  readonly secret: boolean;
  readonly required: boolean;
  /** The default as it would be written in the environment, for docs and `.env.example`. */
  readonly defaultText?: string;
  readonly defaultValue?: Value;
  /** @throws Error with a sentence that never contains the value */
  parse(text: string): Value;
}

interface Options<Value> {
  doc: string;
  default?: Value;
}

type Required = { required: true };
type Presence<Value, Given> = Given extends { default: Value } | Required
  ? Variable<Value>
  : Variable<Value | undefined>;

function variable<Value, Given extends Options<Value> & Partial<Required>>(
  type: string,
  given: Given,
  parse: (text: string) => Value,
  secret = false,
): Presence<Value, Given> {
  const shape: Variable<Value> = {
    doc: given.doc,
    type,
    secret,
    required: given.required ?? false,
    ...(given.default === undefined
      ? {}
      : { defaultValue: given.default, defaultText: String(given.default) }),
    parse,
  };
  return shape as Presence<Value, Given>;
}

const refuse = (sentence: string): never => {
  throw new Error(sentence);
};

export interface TextLimits {
  pattern?: RegExp;
  minLength?: number;
}

const checkText = (value: string, limits: TextLimits): string => {
  if (limits.minLength !== undefined && value.length < limits.minLength)
    refuse(`must have at least ${limits.minLength} characters`);
  if (limits.pattern && !limits.pattern.test(value)) refuse(`must match ${limits.pattern}`);
  return value;
};

export const text = <Given extends Options<string> & Partial<Required> & TextLimits>(given: Given) =>
  variable<string, Given>('text', given, (value) => checkText(value, given));

/** A value that never reaches logs, docs or errors. May come as `NAME_FILE`, the path of a file that holds it. */
export const secret = <Given extends { doc: string } & Partial<Required> & TextLimits>(given: Given) =>
  variable<string, Given>('secret', given, (value) => checkText(value, given), true);

export const integer = <Given extends Options<number> & Partial<Required> & { min?: number; max?: number }>(
  given: Given,
) =>
  variable<number, Given>('integer', given, (value) => {
    const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = given;
    if (!/^-?\d+$/.test(value)) refuse('must be a whole number');
    const number = Number(value);
    if (number < min || number > max) refuse(`must be between ${min} and ${max}`);
    return number;
  });

export const flag = <Given extends Options<boolean> & Partial<Required>>(given: Given) =>
  variable<boolean, Given>('true|false', given, (value) => {
    if (value === 'true' || value === '1') return true;
    if (value === 'false' || value === '0') return false;
    return refuse('must be true or false');
  });

export const oneOf = <
  const Choices extends readonly string[],
  Given extends Options<Choices[number]> & Partial<Required>,
>(
  choices: Choices,
  given: Given,
) =>
  variable<Choices[number], Given>(choices.join('|'), given, (value) =>
    choices.includes(value) ? value : refuse(`must be one of ${choices.join(', ')}`),
  );

/** An http(s) base URL without a trailing slash. */
export const url = <Given extends Options<string> & Partial<Required>>(given: Given) =>
  variable<string, Given>('url', given, (value) => {
    if (!URL.canParse(value) || !/^https?:\/\//.test(value)) refuse('must be an http or https URL');
    return value.replace(/\/+$/, '');
  });

/** Comma-separated, blanks dropped. */
export const list = <Given extends { doc: string }>(given: Given): Variable<readonly string[]> => ({
  doc: given.doc,
  type: 'a,b,c',
  secret: false,
  required: false,
  defaultValue: [],
  defaultText: '',
  parse: (value) =>
    value
      .split(',')
      .map((entry) => entry.trim())
      .filter(Boolean),
});
