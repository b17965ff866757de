/** Variables inside files of the Compose format. `$$` is a dollar sign, `${NAME:-fallback}` the only other form used. */
import { formatErrors } from './errors.ts';

const DOLLAR = /\$(?:(\$)|\{([A-Z][A-Z0-9_]*):-([^{}$]*)\})?/g;

/**
 * A place whoever applies the file may fill in; `fallback` stands there otherwise.
 * @throws `cannot-render` for names and fallbacks that could not be read back
 */
export function variable(name: string, fallback: string): string {
  const text = `\${${name}:-${fallback}}`;
  const [whole] = text.match(DOLLAR) ?? [];
  if (whole !== text) throw formatErrors.cannotRender(name, `${text} is no variable of the format`);
  return text;
}

/** Text that no variable may change, in every string inside `value`. Keys are never interpolated. */
export function literally<T>(value: T): T {
  return mapStrings(value, (text) => text.replaceAll('$', '$$$$'));
}

/** What the file says where no variable is set. @throws `not-understood` for any other form of interpolation */
export function withFallbacks<T>(value: T): T {
  return mapStrings(value, (text) =>
    text.replaceAll(DOLLAR, (_all, dollar?: string, _name?: string, fallback?: string) => {
      const said = dollar ?? fallback;
      if (said === undefined) throw formatErrors.notUnderstood(text, 'a dollar sign that is not escaped');
      return said;
    }),
  );
}

/** Every variable of the texts with its fallback, sorted. @throws when two places give one variable different ones */
export function variablesIn(texts: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, , name, fallback] of texts.flatMap((text) => [...text.matchAll(DOLLAR)])) {
    if (name === undefined || fallback === undefined) continue;
    if ((found.get(name) ?? fallback) !== fallback)
      throw formatErrors.notUnderstood(
        name,
        `falls back to ${found.get(name)} here and to ${fallback} there`,
      );
    found.set(name, fallback);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function mapStrings<T>(value: T, change: (text: string) => string): T {
  return mapped(value, change) as T; // the same shape: only texts are changed, into texts
}

function mapped(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((part) => mapped(part, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, mapped(part, change)]));
}
