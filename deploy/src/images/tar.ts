/**
 * Writes tar archives (POSIX ustar) that depend on nothing but their entries: paths are sorted, every time is the epoch,
 * owners are numbers. Docker unpacks such an archive into a layer as it is, so equal entries make equal layers.
 */
export interface TarEntry {
  /** Relative, `/`-separated, without a trailing slash: `app/main.js`. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'symlink';
  readonly mode: number;
  /** uid and gid. */
  readonly owner: number;
  /** Of a file; chunks are written one after the other. */
  readonly content?: readonly Uint8Array[];
  /** Of a symlink. */
  readonly target?: string;
}

const BLOCK = 512;
const TYPES = { file: '0', symlink: '2', directory: '5' } as const;

/** @returns the archive in pieces, so that large files are never copied. @throws RangeError for paths ustar cannot hold */
export function writeTar(entries: readonly TarEntry[]): Uint8Array[] {
  const sorted = entries.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const pieces = sorted.flatMap((entry) => {
    const content = entry.kind === 'file' ? (entry.content ?? []) : [];
    const size = byteLength(content);
    const padding = (BLOCK - (size % BLOCK)) % BLOCK;
    return [header(entry, size), ...content, ...(padding > 0 ? [new Uint8Array(padding)] : [])];
  });
  return [...pieces, new Uint8Array(2 * BLOCK)];
}

export function byteLength(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
}

function header(entry: TarEntry, size: number): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  const path = entry.kind === 'directory' ? `${entry.path}/` : entry.path;
  const { name, prefix } = splitPath(path);
  put(block, 0, 100, name);
  put(block, 100, 8, octal(entry.mode, 7));
  put(block, 108, 8, octal(entry.owner, 7));
  put(block, 116, 8, octal(entry.owner, 7));
  put(block, 124, 12, octal(size, 11));
  put(block, 136, 12, octal(0, 11)); // mtime
  block.fill(' ', 148, 156); // the checksum is taken over blanks in its own place
  put(block, 156, 1, TYPES[entry.kind]);
  put(block, 157, 100, entry.target ?? '');
  put(block, 257, 8, 'ustar\u000000');
  put(block, 345, 155, prefix);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(block, 148, 8, `${octal(sum, 6)}\0 `);
  return block;
}

function octal(value: number, digits: number): string {
  const text = value.toString(8).padStart(digits, '0');
  if (text.length > digits) throw new RangeError(`${value} does not fit ${digits} octal digits`);
  return text;
}

function put(block: Buffer, offset: number, room: number, text: string): void {
  if (Buffer.byteLength(text) > room) throw new RangeError(`too long for a tar header: ${text}`);
  block.write(text, offset, 'utf8');
}

/** ustar holds 100 bytes of name after a slash and 155 before it. */
function splitPath(path: string): { readonly name: string; readonly prefix: string } {
  if (Buffer.byteLength(path) <= 100) return { name: path, prefix: '' };
  for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
    const name = path.slice(at + 1);
    if (name !== '' && Buffer.byteLength(name) <= 100) return { name, prefix: path.slice(0, at) };
  }
  throw new RangeError(`too long for a tar archive: ${path}`);
}
