/** `chunks/000007.bin`, the name that `lucid verify` takes the number from. */
export const chunkFileName = (sequenceNumber: number): string =>
  `chunks/${String(sequenceNumber).padStart(6, '0')}.bin`;
