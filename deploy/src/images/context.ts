import { rootFile } from './entries.ts';
import { type TarEntry, writeTar } from './tar.ts';

/** What is sent to the engine, and nothing else: the recipe and the layer, as an archive inside the archive. */
export function buildContext(dockerfile: string, layer: readonly Uint8Array[]): Uint8Array[] {
  const archive: TarEntry = { ...rootFile('layer.tar', ''), content: layer };
  return writeTar([rootFile('Dockerfile', dockerfile), archive]);
}
