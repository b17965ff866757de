/** A closed interval of bytes. */
export interface ByteRange {
  first: number;
  last: number;
}

/**
 * Reads a Range header of one interval (RFC 9110 §14).
 * @returns the interval, `undefined` when the whole file is meant (no header, or a form we need not honour), or
 * `'unsatisfiable'` when it lies outside the file
 */
export function parseRange(
  header: string | undefined,
  sizeBytes: number,
): ByteRange | 'unsatisfiable' | undefined {
  const match = header?.match(/^bytes=(\d*)-(\d*)$/);
  if (!match) return undefined;
  const [, from = '', to = ''] = match;
  if (from === '' && to === '') return undefined;
  const first = from === '' ? Math.max(0, sizeBytes - Number(to)) : Number(from);
  const last = from === '' || to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  if (from === '' && Number(to) === 0) return 'unsatisfiable';
  return first > last || first >= sizeBytes ? 'unsatisfiable' : { first, last };
}
