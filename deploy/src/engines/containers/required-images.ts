/** Sees to it that every image of a system is in the engine: ours are built, other people's pulled. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { deployErrors } from '../../errors.ts';
import type { Image } from '../../model/images.ts';
import type { System } from '../../model/types.ts';
import type { EngineListener } from '../engine.ts';
import { runNx } from '../process/artifacts.ts';
import { type DeployedImages, deployedReference, withImageVariables } from './deployed-images.ts';
import type { DockerCommand } from './docker-command.ts';

export interface RequiredImages {
  readonly root: string;
  readonly system: System;
  readonly images: DeployedImages;
  readonly logDir: string;
  /** False takes our images as they are. */
  readonly build: boolean;
}

/** Of a start that was interrupted while images were fetched. */
const NOTHING_CHANGED = 'nothing has been changed';
const PULL_WITHIN_MS = 600_000;

/** @throws `build-failed`, or `missing-image` naming every image that cannot be had and the variable that replaces it */
export async function requireImages(
  { root, system, images, logDir, build }: RequiredImages,
  docker: DockerCommand,
  listener: EngineListener,
  signal?: AbortSignal,
): Promise<void> {
  const built = system.services.filter(({ status, replicas }) => status === 'built' && replicas > 0);
  const apps = [...new Set(built.flatMap(({ app, image }) => (image.ours && app ? [app] : [])))];
  if (build && apps.length > 0) {
    listener({ type: 'step', step: 'images', done: false, detail: `${apps.length} of our own` });
    mkdirSync(logDir, { recursive: true, mode: 0o700 });
    const environment = withImageVariables(process.env, system, images);
    await runNx(root, 'image', apps, join(logDir, 'images.log'), environment, signal);
  }
  const wanted = new Map(built.map((service) => [deployedReference(service, images), service.image]));
  const missing: string[] = [];
  for (const [reference, image] of wanted) {
    if (signal?.aborted) throw deployErrors.startInterrupted(NOTHING_CHANGED);
    if (await isHere(docker, reference)) continue;
    listener({ type: 'step', step: 'images', done: false, detail: `pulling ${reference}` });
    const pulled = await docker.try(['pull', '--quiet', reference], { timeoutMs: PULL_WITHIN_MS, signal });
    if (pulled.failed) missing.push(`${reference}${otherWay(image)} (${pulled.error})`);
  }
  if (missing.length > 0) throw deployErrors.missingImages(missing);
  listener({ type: 'step', step: 'images', done: true, detail: `${wanted.size}` });
}

/** What images end with when they are wanted no longer, whatever the signal made of the clients. @throws `start-interrupted` */
export async function uninterrupted(provided: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  await provided.catch((error: unknown) => {
    if (!signal?.aborted) throw error;
  });
  if (signal?.aborted) throw deployErrors.startInterrupted(NOTHING_CHANGED);
}

async function isHere(docker: DockerCommand, reference: string): Promise<boolean> {
  return !(await docker.try(['image', 'inspect', '--format', '{{.Id}}', reference])).failed;
}

function otherWay(image: Image): string {
  return image.variable ? `, set ${image.variable} to another` : '';
}
