import { directory, NONROOT, rootFile, withParents } from './entries.ts';
import type { ImageSubject } from './subject.ts';
import type { TarEntry } from './tar.ts';

/** Files of `deploy/images/app` by name, and the bundle of the app. */
export interface AppFiles {
  readonly bundle: Uint8Array;
  readonly launcher: Readonly<Record<string, Uint8Array>>;
}

/**
 * The one layer we add to the base: `/app`, read-only for everyone, and the folders that volumes are mounted on, owned by
 * the user of the image, because Docker gives a fresh named volume the owner of what it covers.
 * The source map stays out: without `--enable-source-maps` nobody reads it.
 */
export function appLayer(subject: ImageSubject, files: AppFiles): TarEntry[] {
  const { title, kind, defaults } = subject;
  return withParents([
    rootFile('/app/package.json', '{"type":"module"}\n'),
    rootFile('/app/service.json', `${JSON.stringify({ name: title, kind, defaults })}\n`),
    rootFile('/app/main.js', files.bundle),
    ...Object.entries(files.launcher).map(([name, content]) => rootFile(`/app/${name}`, content)),
    directory('/data', 0o755, NONROOT),
    ...subject.mountPoints.map((path) => directory(path, 0o700, NONROOT)),
  ]);
}
