import { open } from 'node:fs/promises';

const PT_DYNAMIC = 2;

/**
 * Whether the file is a 64-bit little-endian ELF file with a dynamic section, so that a loader can name its
 * libraries; see elf(5): program headers at e_phoff (32), e_phentsize (54), e_phnum (56).
 */
export async function isDynamicElf(path: string): Promise<boolean> {
  await using file = await open(path);
  const header = Buffer.alloc(64);
  const { bytesRead } = await file.read(header, 0, 64, 0);
  if (bytesRead < 64 || header.readUInt32BE(0) !== 0x7f454c46 || header[4] !== 2 || header[5] !== 1)
    return false;
  const size = header.readUInt16LE(54);
  const table = Buffer.alloc(size * header.readUInt16LE(56));
  await file.read(table, 0, table.length, Number(header.readBigUInt64LE(32)));
  for (let at = 0; at < table.length; at += size) if (table.readUInt32LE(at) === PT_DYNAMIC) return true;
  return false;
}
