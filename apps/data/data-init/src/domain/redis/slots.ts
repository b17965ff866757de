/** First and last slot, both included. */
export interface SlotRange {
  readonly first: number;
  readonly last: number;
}

export const SLOTS = 16_384;

/** As even as whole numbers allow, the same division that `redis-cli --cluster create` makes. */
export function evenRanges(masters: number): SlotRange[] {
  const start = (index: number): number => Math.round((index * SLOTS) / masters);
  return Array.from({ length: masters }, (_unused, index) => ({
    first: start(index),
    last: start(index + 1) - 1,
  }));
}

export const slotCount = (ranges: readonly SlotRange[]): number =>
  ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);

export const rangesText = (ranges: readonly SlotRange[]): string =>
  ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(' ');

/** A slot that both have, undefined when there is none. */
export function sharedSlot(one: readonly SlotRange[], other: readonly SlotRange[]): number | undefined {
  for (const left of one)
    for (const right of other) {
      const first = Math.max(left.first, right.first);
      if (first <= Math.min(left.last, right.last)) return first;
    }
  return undefined;
}
