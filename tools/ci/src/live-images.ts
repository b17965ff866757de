/** Sees to it that the engines of live tests have every image the tests use. */
import { execFileSync } from 'node:child_process';
import type { CommandResult } from './run-command.ts';

/** One command with a heading of its own. */
export interface ImageStep {
  readonly name: string;
  readonly command: readonly string[];
  readonly deadlineMinutes: number;
}

/** What stands in the lab for other people's images, as far as live tests use them. */
const labImages = ['busybox', 'redis', 'haproxy', 'squid'] as const;
const lab = ['node', 'tools/lab/src/main.ts'] as const;
const registry = process.env.LUCID_REGISTRY || 'ghcr.io/hamigames/lucid';

/** Builds everything in the engine at DOCKER_HOST. */
export const buildSteps: readonly ImageStep[] = [
  { name: 'images of our services', command: ['nx', 'run-many', '-t', 'image'], deadlineMinutes: 10 },
  { name: 'images of the lab', command: [...lab, 'images', ...labImages], deadlineMinutes: 10 },
  {
    name: 'image of the tiny service',
    command: ['node', 'deploy/test/live/support/tiny-image.ts'],
    deadlineMinutes: 3,
  },
];

/** Gives the nodes of a Swarm all these images of the engine they were built in. */
export function loadStep(stateDir: string, builtIn: string): ImageStep {
  const images = [...imagesIn(builtIn, `${registry}/*:latest`), ...imagesIn(builtIn, 'lucid-lab/*')];
  const command = [...lab, 'load', '--state', stateDir, '--from', builtIn, ...images];
  return { name: `${images.length} images for the nodes`, command, deadlineMinutes: 10 };
}

function imagesIn(dockerHost: string, reference: string): string[] {
  const wanted = ['--filter', `reference=${reference}`, '--format', '{{.Repository}}:{{.Tag}}'];
  const said = execFileSync('docker', ['--host', dockerHost, 'image', 'ls', ...wanted], { encoding: 'utf8' });
  return said.split('\n').filter((line) => line !== '' && isUsed(line));
}

const isUsed = (image: string): boolean =>
  !image.startsWith('lucid-lab/') || labImages.some((name) => image.startsWith(`lucid-lab/${name}:`));

/** `NAME=value` lines: which images the model is to use in place of those of a registry. */
export function imageVariables(): Record<string, string> {
  const said = execFileSync('node', [...lab.slice(1), 'images', '--env', ...labImages], { encoding: 'utf8' });
  const lines = said.split('\n').filter((line) => line.includes('='));
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
}

/** Why a step did not do its work; undefined when it did. */
export function problemWith(
  { name, deadlineMinutes }: ImageStep,
  { code }: CommandResult,
): string | undefined {
  if (code === 0) return undefined;
  return `${name}: ${code === 124 ? `took longer than ${deadlineMinutes} minutes` : `ended with ${code}`}`;
}
