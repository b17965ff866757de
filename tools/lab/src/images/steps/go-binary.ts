import { join } from 'node:path';
import { build } from '../../system/build.ts';
import type { StepContext } from '../definition.ts';

/** Builds one Go program of a module beside a definition into the image, statically. */
export async function goBinary(
  context: StepContext,
  module: string,
  what: string,
  to: string,
): Promise<void> {
  context.note(`go build ${what}`);
  const flags = ['-trimpath', '-buildvcs=false', '-mod=readonly', '-ldflags=-s -w -buildid='];
  const args = ['build', ...flags, '-o', join(context.stage, to), what];
  const { log, lab } = context;
  const env = { CGO_ENABLED: '0', GOOS: 'linux', GOARCH: 'amd64' };
  await build({ file: 'go', args }, { log, signal: lab.signal, cwd: module, env });
}
