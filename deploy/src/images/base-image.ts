/**
 * Which image ours are built on: `BASE_IMAGE` or the distroless one, from this engine or a registry; where neither has
 * the distroless one, an equal base made on this machine, which is kept and used from then on.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { baseLayer } from './base-layer.ts';
import { buildContext } from './context.ts';
import type { Docker, ImageFacts } from './docker.ts';
import { fingerprint, INPUTS_LABEL } from './fingerprint.ts';
import { imageErrors } from './image-errors.ts';
import { sharedLibraries } from './shared-libraries.ts';
import { writeTar } from './tar.ts';

const DISTROLESS = 'gcr.io/distroless/nodejs24-debian12:nonroot';

export interface BaseImage extends ImageFacts {
  readonly reference: string;
}

export interface BaseOptions {
  readonly docker: Docker;
  /** Folder of the workspace. */
  readonly root: string;
  /** `BASE_IMAGE`; one that is named must be had, none is made in its place. */
  readonly wanted: string | undefined;
  /** False: a base made here does not count, a pull is tried again, and then it is made again. */
  readonly cache: boolean;
  readonly tell: (line: string) => void;
}

/** @throws `no-base-image`, `no-own-base`, `image-build-failed` */
export async function requireBase(options: BaseOptions): Promise<BaseImage> {
  const { docker, wanted, tell } = options;
  const reference = wanted || DISTROLESS;
  const here = await docker.inspect(reference);
  if (here) return { reference, ...here };
  const own = wanted ? undefined : await freshOwnBase(options);
  if (own && options.cache) return own;
  const refusal = await docker.pull(reference);
  const pulled = refusal === undefined ? await docker.inspect(reference) : undefined;
  if (pulled) return { reference, ...pulled };
  if (wanted) throw imageErrors.noBase(reference, refusal ?? 'it is gone again');
  tell(`${reference} cannot be pulled (${refusal}): making ${ownReference(options.root)} from this machine`);
  return makeOwnBase(options);
}

/** The base that would be used as things are, without pulling or making one. */
export async function likelyBase(options: BaseOptions): Promise<BaseImage | undefined> {
  const reference = options.wanted || DISTROLESS;
  const here = await options.docker.inspect(reference);
  if (here) return { reference, ...here };
  return options.wanted ? undefined : freshOwnBase(options);
}

/** The base made here, if it is there and still what would be made. */
async function freshOwnBase({ docker, root }: BaseOptions): Promise<BaseImage | undefined> {
  const reference = ownReference(root);
  const facts = await docker.inspect(reference);
  if (!facts || facts.labels[INPUTS_LABEL] !== (await ownRecipe(root)).inputs) return undefined;
  return { reference, ...facts };
}

async function makeOwnBase({ docker, root, cache }: BaseOptions): Promise<BaseImage> {
  const reference = ownReference(root);
  const { dockerfile, layer, inputs } = await ownRecipe(root);
  await docker.build({
    tag: reference,
    context: buildContext(dockerfile, layer),
    buildArguments: { INPUTS: inputs },
    cache,
  });
  const facts = await docker.inspect(reference);
  if (!facts) throw imageErrors.buildFailed(reference, 'the engine does not know it');
  return { reference, ...facts };
}

const nodeFolder = (root: string) => join(root, 'node_modules/node');

function ownReference(root: string): string {
  const manifest = join(nodeFolder(root), 'package.json');
  if (!existsSync(manifest)) throw imageErrors.noOwnBase('the package `node` is missing: run `npm ci`');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return `lucid/base:node${version}`;
}

async function ownRecipe(root: string) {
  if (process.platform !== 'linux')
    throw imageErrors.noOwnBase(`it takes Linux libraries, and this is ${process.platform}; set BASE_IMAGE`);
  const node = join(nodeFolder(root), 'bin/node');
  const { failed, stdout, stderr } = await execa('ldd', [node], { reject: false });
  if (failed) throw imageErrors.noOwnBase(`ldd ${node}: ${stderr}`);
  const dockerfile = readFileSync(join(root, 'deploy/images/base.Dockerfile'), 'utf8');
  const layer = writeTar(baseLayer({ node, libraries: sharedLibraries(stdout) }));
  return { dockerfile, layer, inputs: fingerprint([dockerfile, layer]) };
}
