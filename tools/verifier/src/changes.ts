// How one JSON value becomes another, small enough to read.

/** `value` is put at `path`; without one, what stands there is removed. */
export interface Change {
  readonly path: readonly (string | number)[];
  readonly value?: unknown;
}

/** The changes that turn `from` into `to`; lists of different length are replaced as a whole. */
export function changesBetween(from: unknown, to: unknown, path: Change['path'] = []): Change[] {
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length)
    return to.flatMap((member, i) => changesBetween(from[i], member, [...path, i]));
  if (isRecord(from) && isRecord(to)) {
    const names = new Set([...Object.keys(from), ...Object.keys(to)]);
    return [...names].flatMap((name) => {
      if (!Object.hasOwn(to, name)) return [{ path: [...path, name] }];
      return changesBetween(from[name], to[name], [...path, name]);
    });
  }
  return [{ path, value: to }];
}

/** A changed copy. @throws TypeError when a path leads nowhere */
export function applyChanges(value: unknown, changes: readonly Change[]): unknown {
  let result = structuredClone(value);
  for (const change of changes) {
    const [last, parent] = [change.path.at(-1), parentOf(result, change.path)];
    if (last === undefined) result = structuredClone(change.value);
    else if ('value' in change) parent[last] = structuredClone(change.value);
    else delete parent[last];
  }
  return result;
}

function parentOf(value: unknown, path: Change['path']): Record<string | number, unknown> {
  let at = value;
  for (const step of path.slice(0, -1)) at = (at as Record<string | number, unknown>)[step];
  return at as Record<string | number, unknown>;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
