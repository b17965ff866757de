/** UUID version 8 of a SHA-256 in hex: an id that follows from content. */
export function uuidOfHash(hashHex: string): string {
  const hex = `${hashHex.slice(0, 12)}8${hashHex.slice(13, 16)}8${hashHex.slice(17, 32)}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** What every hash with this UUID begins with: the 12 digits that the UUID keeps in their place. */
export const hashPrefixOf = (uuid: string): string => uuid.replaceAll('-', '').slice(0, 12);
