import { execa } from 'execa';

/** Which of the programs this machine does not have. */
export async function missingPrograms(names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    names.map((name) => execa('sh', ['-c', 'command -v "$1"', 'sh', name], { reject: false })),
  );
  return names.filter((_, at) => found[at]?.exitCode !== 0);
}
