import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { LabError } from '../errors.ts';
import { clientEnvironment, docker } from './client.ts';

/** An engine's image ids by the names asked for; names it does not have are not in the map. */
export async function imageIds(dockerHost: string, names: readonly string[]): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const name of names) {
    const args = ['image', 'inspect', '--format', '{{.Id}}', name];
    try {
      ids.set(name, (await docker(dockerHost, args)).trim());
    } catch (error) {
      const isMissing = error instanceof LabError && /no such image/i.test(error.detail ?? '');
      if (!isMissing) throw error;
    }
  }
  return ids;
}

/** The names whose image is not the same, or not there, at the target. */
export function missingAt(
  source: ReadonlyMap<string, string>,
  target: ReadonlyMap<string, string>,
): string[] {
  return [...source].filter(([name, id]) => target.get(name) !== id).map(([name]) => name);
}

export interface CopyImages {
  readonly from: string;
  readonly to: string;
  readonly names: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * `docker save | docker load`. @returns the bytes that went through
 * @throws LabError DOCKER_FAILED with what either side said
 */
export async function copyImages(copy: CopyImages): Promise<number> {
  const { from, to, names, signal } = copy;
  const client = (host: string, args: readonly string[]) =>
    execa('docker', args, {
      env: clientEnvironment(host),
      extendEnv: false,
      reject: false,
      buffer: { stdout: false },
      ...(signal === undefined ? {} : { cancelSignal: signal }),
    });
  const save = client(from, ['save', ...names]);
  const load = client(to, ['load', '--quiet']);
  load.stdout.resume();
  let sizeBytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      done(null, chunk);
    },
  });
  // A broken pipe is told better by the exit of the side that broke it.
  const piped = pipeline(save.stdout, count, load.stdin).catch((error: unknown) => error);
  const [saved, loaded, broken] = await Promise.all([save, load, piped]);
  for (const result of [saved, loaded])
    if (result.failed)
      throw new LabError(
        'DOCKER_FAILED',
        result.shortMessage ?? 'docker failed',
        String(result.stderr ?? ''),
      );
  if (broken instanceof Error) throw broken;
  return sizeBytes;
}
