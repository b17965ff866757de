import { execa } from 'execa';
import { LabError } from '../errors.ts';
import { type BuildOptions, build } from '../system/build.ts';
import { KEY_LABEL } from './configuration.ts';

export interface LoadedImage {
  readonly id: string;
  readonly key: string | undefined;
  readonly sizeBytes: number;
}

/** Why the engine at DOCKER_HOST (or the default socket) cannot be used, in one line. */
export async function whyNoEngine(): Promise<string | undefined> {
  const result = await execa('docker', ['version', '--format', '{{.Server.Os}}/{{.Server.Arch}}'], {
    reject: false,
    timeout: 15_000,
  });
  if (result.code === 'ENOENT') return 'docker is not installed';
  if (result.failed) return `no Docker engine answers (${result.stderr.trim().split('\n').at(-1)})`;
  return result.stdout.trim() === 'linux/amd64'
    ? undefined
    : `linux/amd64 is needed, the engine is ${result.stdout}`;
}

/** What the engine has under this name; undefined when nothing. */
export async function loadedImage(reference: string): Promise<LoadedImage | undefined> {
  const { stdout, failed, stderr } = await execa('docker', ['image', 'inspect', reference], {
    reject: false,
  });
  if (failed && /no such image/i.test(stderr)) return undefined;
  if (failed) throw new LabError('BUILD_FAILED', `docker image inspect ${reference} failed`, stderr);
  const [found] = JSON.parse(stdout) as [
    { Id: string; Size: number; Config: { Labels?: Record<string, string> } },
  ];
  return { id: found.Id, key: found.Config.Labels?.[KEY_LABEL], sizeBytes: found.Size };
}

export async function loadArchive(archive: string, options: BuildOptions): Promise<void> {
  await build({ file: 'docker', args: ['load', '--quiet', '--input', archive] }, options);
}

/** Removes an image that no name and no container needs any more. @returns why it could not */
export async function removeImage(id: string): Promise<string | undefined> {
  const { failed, stderr } = await execa('docker', ['image', 'rm', id], { reject: false });
  return failed ? stderr.trim().split('\n').at(-1) : undefined;
}
