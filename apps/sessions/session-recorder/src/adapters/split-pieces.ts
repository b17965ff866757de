/** The first `count` bytes of the pieces, and the rest. */
export function splitPieces(pieces: Buffer[], count: number): [Buffer[], Buffer[]] {
  let room = count;
  for (const [index, piece] of pieces.entries()) {
    if (piece.length > room) {
      const first = room > 0 ? [...pieces.slice(0, index), piece.subarray(0, room)] : pieces.slice(0, index);
      return [first, [piece.subarray(room), ...pieces.slice(index + 1)]];
    }
    room -= piece.length;
  }
  return [pieces, []];
}
