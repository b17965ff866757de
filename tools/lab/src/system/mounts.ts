import { readFile } from 'node:fs/promises';

/** Mount points at or below `dir` in the text of /proc/mounts (which writes a blank as \040). */
export function parseMountsUnder(text: string, dir: string): string[] {
  return text
    .split('\n')
    .map((line) =>
      (line.split(' ')[1] ?? '').replace(/\\(\d{3})/g, (_, octal) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      ),
    )
    .filter((point) => point === dir || point.startsWith(`${dir}/`));
}

/** Asked before a root folder is removed: deleting through a mounted /dev would reach the machine's own. */
export async function mountsUnder(dir: string): Promise<string[]> {
  return parseMountsUnder(await readFile('/proc/mounts', 'utf8'), dir);
}
