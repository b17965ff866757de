import { tickAt, tickStartMs, timestampMs } from '@lucid/ledger';

/** What a header says of when its block was made. */
export interface TimedBlock {
  readonly height: number;
  readonly timestamp: string;
}

/** A stretch of a chain, told by its headers alone. The first block begins it and is not counted. */
export interface TickCount {
  readonly blocks: number;
  readonly ticks: number;
  /** Ticks without a block. */
  readonly skipped: number;
  /** Per block: milliseconds from the start of its tick to its timestamp. */
  readonly lateMs: readonly number[];
  /** Per block: milliseconds since the block before it. */
  readonly gapsMs: readonly number[];
}

/** @throws RangeError for heights with a gap, two blocks in one tick, or fewer than two blocks: nothing was measured */
export function countTicks(blocks: readonly TimedBlock[], blockTimeMs: number): TickCount {
  const [first, ...rest] = blocks;
  if (!first || rest.length === 0) throw new RangeError(`${blocks.length} blocks make no stretch of a chain`);
  const lateMs: number[] = [];
  const gapsMs: number[] = [];
  let before = placeOf(first, blockTimeMs);
  let ticks = 0;
  for (const block of rest) {
    const place = placeOf(block, blockTimeMs);
    if (block.height !== before.height + 1)
      throw new RangeError(`after height ${before.height} comes ${block.height}`);
    if (place.tick <= before.tick)
      throw new RangeError(`heights ${before.height} and ${block.height} are of one tick`);
    ticks += place.tick - before.tick;
    gapsMs.push(place.atMs - before.atMs);
    lateMs.push(place.atMs - tickStartMs(place.tick, blockTimeMs));
    before = place;
  }
  return { blocks: rest.length, ticks, skipped: ticks - rest.length, lateMs, gapsMs };
}

function placeOf({ height, timestamp }: TimedBlock, blockTimeMs: number) {
  const atMs = timestampMs(timestamp);
  if (atMs === undefined) throw new RangeError(`block ${height} has no time: ${timestamp}`);
  return { height, atMs, tick: tickAt(atMs, blockTimeMs) };
}
