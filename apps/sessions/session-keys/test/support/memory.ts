import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What to look for, by what it is. */
export type Secrets = Readonly<Record<string, Buffer>>;

export interface Search {
  /** Bytes that were read. */
  sizeBytes: number;
  /** Secrets that were there, each with where. */
  found: { secret: string; where: string }[];
}

const PIECE_BYTES = 4 * 1024 * 1024;
const UNREADABLE = /\[(vvar|vvar_vclock|vsyscall)\]/;

/** Every byte that a process can read of itself, as the kernel shows it. Linux only; the process must be a child of ours. */
export async function searchMemory(pid: number, secrets: Secrets): Promise<Search> {
  const maps = await readFile(`/proc/${pid}/maps`, 'utf8');
  const memory = await open(`/proc/${pid}/mem`, 'r');
  const result: Search = { sizeBytes: 0, found: [] };
  const buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  const overlap = longest(secrets);
  try {
    for (const line of maps.split('\n')) {
      const region = /^([0-9a-f]+)-([0-9a-f]+) (r\S+) \S+ \S+ \d+\s*(.*)$/.exec(line);
      if (!region || UNREADABLE.test(line)) continue;
      const [, from = '', until = '', , name = ''] = region;
      const end = BigInt(`0x${until}`);
      for (let at = BigInt(`0x${from}`); at < end; ) {
        const wanted = Number(end - at < BigInt(PIECE_BYTES) ? end - at : BigInt(PIECE_BYTES));
        const got = await memory.read(buffer, 0, wanted, at as unknown as number).catch((error: unknown) => {
          // Unmapped since the list was read, or a file cut short: there is nothing to see.
          if (['EIO', 'EFAULT'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
          throw error;
        });
        if (!got || got.bytesRead === 0) break;
        note(
          result,
          buffer.subarray(0, got.bytesRead),
          secrets,
          `${line.slice(0, 60)} ${name} at ${at.toString(16)}`,
        );
        result.sizeBytes += got.bytesRead;
        if (got.bytesRead < wanted || at + BigInt(got.bytesRead) >= end) {
          at += BigInt(got.bytesRead);
          if (got.bytesRead < wanted) break;
        } else at += BigInt(got.bytesRead - overlap);
      }
    }
  } finally {
    await memory.close();
  }
  return result;
}

/** Every byte of every file below a folder. */
export async function searchFolder(path: string, secrets: Secrets): Promise<Search> {
  const result: Search = { sizeBytes: 0, found: [] };
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const bytes = await readFile(file);
    note(result, bytes, secrets, file);
    result.sizeBytes += bytes.length;
  }
  return result;
}

function note(result: Search, bytes: Buffer, secrets: Secrets, where: string): void {
  for (const [secret, value] of Object.entries(secrets)) {
    const at = bytes.indexOf(value);
    if (at !== -1) result.found.push({ secret, where: `${where} + ${at}` });
  }
}

const longest = (secrets: Secrets): number => Math.max(...Object.values(secrets).map(({ length }) => length));
