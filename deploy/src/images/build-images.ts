/** From the folders of the workspace to images in the engine. Engines and the command line both come in here. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Service } from '../model/types.ts';
import { type BaseImage, type BaseOptions, requireBase } from './base-image.ts';
import { type BuiltImage, buildImage } from './build-image.ts';
import type { Docker } from './docker.ts';
import { DockerClient } from './docker-client.ts';
import { imageErrors } from './image-errors.ts';
import { type ImageNames, imageNames } from './names.ts';
import { readRecipe } from './recipe.ts';

export interface ImagesOptions {
  /** Folder of the workspace. */
  readonly root: string;
  /** What the model draws, with every profile: `drawnServices()`. */
  readonly services: readonly Service[];
  /** Folders of the apps; their bundles have been built. */
  readonly apps: readonly string[];
  /** `LUCID_REGISTRY`, `LUCID_VERSION` and `BASE_IMAGE` are looked up here. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** False builds again what is there already: the images, or with `buildBase` the base. */
  readonly cache: boolean;
  /** Hands both names to the registry as well. */
  readonly push: boolean;
  readonly tell: (line: string) => void;
}

/** One image after the other. @throws DeployError of `imageErrors` at the first that cannot be had */
export async function buildImages(
  options: ImagesOptions,
  docker: Docker = new DockerClient(),
): Promise<BuiltImage[]> {
  const { root, services, apps, cache, push } = options;
  const names = namesFor(options);
  const revision = await revisionOf(root);
  await docker.requireEngine();
  const base = await requireBase({ ...baseOptions(options, docker), cache: true });
  const built: BuiltImage[] = [];
  for (const app of apps) {
    const recipe = readRecipe(root, services, app, names.version);
    const image = await buildImage(recipe, base, { docker, names, revision, cache });
    if (push) for (const name of [image.reference, image.latest]) await docker.push(name);
    built.push(image);
  }
  return built;
}

/** The base alone, so that images built side by side find it done. */
export async function buildBase(
  options: ImagesOptions,
  docker: Docker = new DockerClient(),
): Promise<BaseImage> {
  await docker.requireEngine();
  return requireBase(baseOptions(options, docker));
}

export function baseOptions(options: ImagesOptions, docker: Docker): BaseOptions {
  const { root, environment, cache, tell } = options;
  return { docker, root, wanted: environment.BASE_IMAGE, cache, tell };
}

export function namesFor({ root, environment }: Pick<ImagesOptions, 'root' | 'environment'>): ImageNames {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return imageNames(environment, version);
}

/** Folders of all apps of the workspace, sorted; or those named, by folder or by its last part. @throws `no-such-app` */
export function findApps(root: string, wanted: readonly string[] = []): string[] {
  const all = globSync('apps/*/*', { cwd: root }).filter((app) => existsSync(join(root, app, 'src/main.ts')));
  if (wanted.length === 0) return all.sort();
  return wanted.map((name) => {
    const app = all.find((folder) => folder === name.replace(/\/$/, '') || folder.endsWith(`/${name}`));
    if (!app) throw imageErrors.noApp(name);
    return app;
  });
}

/** The commit, `-dirty` when files differ from it; outside of a repository nobody can know. */
async function revisionOf(root: string): Promise<string> {
  const asked = ['describe', '--always', '--dirty', '--abbrev=40', '--exclude=*'];
  const { failed, stdout } = await execa('git', asked, { cwd: root, reject: false });
  return failed ? 'unknown' : stdout;
}
