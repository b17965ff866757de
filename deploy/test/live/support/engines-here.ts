import { DockerCommand } from '../../../src/engines/containers/docker-command.ts';

const QUICK_MS = 10_000;

/** Why the compose engine cannot run here; undefined when it can. */
export async function whyNoCompose(): Promise<string | undefined> {
  const docker = new DockerCommand();
  const engine = await docker.try(['version', '--format', '{{.Server.Version}}'], { timeoutMs: QUICK_MS });
  if (engine.failed || engine.stdout === '') return `no Docker engine answers: ${engine.error}`;
  const compose = await docker.try(['compose', 'version', '--short'], { timeoutMs: QUICK_MS });
  return compose.failed ? 'Docker Compose v2 is not installed' : undefined;
}

/** Why the swarm engine cannot run here; undefined when it can. */
export async function whyNoSwarm(): Promise<string | undefined> {
  const docker = new DockerCommand();
  const info = await docker.try(['info', '--format', '{{.Swarm.ControlAvailable}}'], { timeoutMs: QUICK_MS });
  if (info.failed) return `no Docker engine answers: ${info.error}`;
  return info.stdout === 'true' ? undefined : 'the Docker engine manages no Swarm';
}
