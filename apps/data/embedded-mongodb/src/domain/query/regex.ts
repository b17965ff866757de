/** MongoDB's (PCRE) regular expressions on the JavaScript engine. */
import type { BSONRegExp } from 'bson';
import { errors } from '../../errors.ts';

const cache = new Map<string, RegExp>();
/** Compiled expressions kept; past this the cache is emptied rather than tracked. */
const CACHE_LIMIT = 500;

/** Drops whitespace and comments, which the option `x` allows in a pattern. */
const withoutFreeSpacing = (pattern: string): string =>
  pattern.replace(/\\.|\[(?:\\.|[^\]])*\]|#.*$|\s+/gm, (part) => (/^(\\|\[)/.test(part) ? part : ''));

/** @throws CommandError when the pattern or an option is not understood */
export function compileRegex(pattern: string, options = ''): RegExp {
  const key = `${options}/${pattern}`;
  const known = cache.get(key);
  if (known) return known;
  for (const option of options)
    if (!'imsxu'.includes(option)) throw errors.location(51108, `invalid flag in regex options: ${option}`);
  let source = options.includes('x') ? withoutFreeSpacing(pattern) : pattern;
  let flags = [...'ims'].filter((flag) => options.includes(flag)).join('');
  const inline = /^\(\?([imsx]+)\)/.exec(source);
  if (inline) {
    source = source.slice(inline[0].length);
    flags = [...'ims'].filter((flag) => (flags + inline[1]).includes(flag)).join('');
  }
  source = source
    .replace(/\\A/g, '^')
    .replace(/\\[zZ]/g, '$')
    .replace(/\(\?P</g, '(?<');
  if (cache.size >= CACHE_LIMIT) cache.clear();
  const compiled = build(source, flags);
  cache.set(key, compiled);
  return compiled;
}

function build(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, `${flags}u`);
  } catch {
    // Unicode mode is stricter than PCRE about escapes; what only it refuses is taken without it.
  }
  try {
    return new RegExp(source, flags);
  } catch (error) {
    throw errors.location(51091, `Regular expression is invalid: ${(error as Error).message}`);
  }
}

export const regexOf = (value: BSONRegExp): RegExp => compileRegex(value.pattern, value.options);

/** The literal prefix of an anchored, case-sensitive pattern: what an index range can use. */
export function prefixOf(value: BSONRegExp): string | undefined {
  if (/[imx]/.test(value.options) || !value.pattern.startsWith('^') || value.pattern.includes('|'))
    return undefined;
  const literal = /^\^((?:[A-Za-z0-9_\-:/@ ,%"'!#&;<=>~]|\\[.\-/])*)([*?{]?)/.exec(value.pattern);
  if (!literal) return undefined;
  const text = (literal[1] ?? '').replaceAll('\\', '');
  // A quantifier makes the last character optional.
  return (literal[2] ? text.slice(0, -1) : text) || undefined;
}
