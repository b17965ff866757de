/** What a program is linked with, as `ldd` prints it: paths of its libraries and of the loader, sorted. */
export function sharedLibraries(lddOutput: string): string[] {
  const paths = lddOutput.split('\n').flatMap((line) => {
    const [, missing] = /^\s*(\S+) => not found/.exec(line) ?? [];
    if (missing) throw new Error(`the library ${missing} is missing on this machine`);
    const [, path] = /^\s*(?:\S+ => )?(\/\S+) \(0x[0-9a-f]+\)/.exec(line) ?? [];
    return path ? [path] : [];
  });
  return [...new Set(paths)].sort();
}
