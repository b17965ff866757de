export interface Interruptible {
  /** A signal asked us to end while this was done. */
  readonly interrupted: boolean;
}

/** Exit code of what was interrupted. */
export const interruptedCode = 130;

/** Does one after the other, and nothing after one that was interrupted. @returns the results there are */
export async function inTurn<Item, Result extends Interruptible>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) {
    results.push(await work(item));
    if (wasInterrupted(results)) break;
  }
  return results;
}

/** Whether the last of them was interrupted. */
export const wasInterrupted = (results: readonly Interruptible[]): boolean =>
  results.at(-1)?.interrupted === true;
