import type { Check } from '../../src/check.ts';
import type { Workspace } from '../../src/workspace.ts';

/** The findings as they are printed: `file:line reason`. */
export async function reasons(check: Check, workspace: Workspace): Promise<string[]> {
  return (await check.run(workspace)).map(({ file, line, reason }) => `${file}:${line} ${reason}`);
}
