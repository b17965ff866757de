// Where the nodes of a proof stand; both makers and judges of proofs go by it.

/** A node of the tree: its level (0 are the leaves) and its place in it. */
export interface NodePosition {
  readonly depth: number;
  readonly index: number;
}

export interface SiblingPosition extends NodePosition {
  readonly position: 'left' | 'right';
}

/** Where the siblings of a leaf stand, from the leaf up; a level on which the node is promoted contributes none. */
export function siblingPositions(leafIndex: number, leafCount: number): SiblingPosition[] {
  const found: SiblingPosition[] = [];
  let index = leafIndex;
  let width = leafCount;
  for (let depth = 0; width > 1; depth++) {
    if (index % 2 === 1) found.push({ depth, index: index - 1, position: 'left' });
    else if (index + 1 < width) found.push({ depth, index: index + 1, position: 'right' });
    index >>= 1;
    width = (width + 1) >> 1;
  }
  return found;
}

/** How many nodes each level has, leaves first, root last. */
export function levelWidths(leafCount: number): number[] {
  const widths = [leafCount];
  for (let width = leafCount; width > 1; ) {
    width = (width + 1) >> 1;
    widths.push(width);
  }
  return widths;
}
