import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryFolder extends Disposable {
  path: string;
  remove(): void;
}

/** A new folder below the system's temporary one; `using` or `remove()` takes it away with everything in it. */
export function temporaryFolder(name = 'test'): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), `lucid-${name}-`));
  const remove = () => rmSync(path, { recursive: true, force: true });
  return { path, remove, [Symbol.dispose]: remove };
}
