/** Docker as the benchmarks need it: whether it is there, what it has, what containers hold. */
import { bytesOf } from '@lucid/deploy';
import { execa } from 'execa';

const ANSWER_WITHIN_MS = 60_000;

/** Runs `docker …`. @param host `DOCKER_HOST`; the client's own default when undefined. @throws with its last words */
export async function docker(args: readonly string[], host?: string): Promise<string> {
  const { failed, stdout, stderr, shortMessage } = await execa('docker', args, {
    reject: false,
    timeout: ANSWER_WITHIN_MS,
    env: host === undefined ? {} : { DOCKER_HOST: host },
  });
  if (failed) throw new Error(`docker ${args[0]}: ${lastLine(stderr) || shortMessage}`);
  return stdout;
}

/** Undefined when an engine answers there, else the reason in one line. */
export async function whyNoDocker(host?: string): Promise<string | undefined> {
  return docker(['version', '--format', '{{.Server.Version}}'], host).then(
    (version) => (version === '' ? 'no Docker engine answers' : undefined),
    (error: Error) => `no Docker engine answers (${error.message})`,
  );
}

/** Undefined when `docker compose` is v2, else the reason. */
export async function whyNoCompose(): Promise<string | undefined> {
  const reason = await whyNoDocker();
  if (reason) return reason;
  return docker(['compose', 'version', '--short']).then(
    () => undefined,
    () => 'Docker Compose v2 is not there',
  );
}

export async function managesSwarm(host?: string): Promise<boolean> {
  return (await docker(['info', '--format', '{{.Swarm.ControlAvailable}}'], host)) === 'true';
}

/** Which of these images an engine does not have. */
export async function missingImages(references: readonly string[], host?: string): Promise<string[]> {
  const missing: string[] = [];
  for (const reference of new Set(references)) {
    const asked = docker(['image', 'inspect', '--format', '{{.Id}}', reference], host);
    if (
      !(await asked.then(
        () => true,
        () => false,
      ))
    )
      missing.push(reference);
  }
  return missing;
}

/** What the containers with this label hold together on one engine, as `docker stats` counts; undefined: unknown. */
export async function memoryOfContainers(label: string, host?: string): Promise<number | undefined> {
  const ids = (await docker(['ps', '--quiet', '--filter', `label=${label}`], host)).split('\n');
  const running = ids.filter((id) => id !== '');
  if (running.length === 0) return 0;
  const said = await docker(['stats', '--no-stream', '--format', '{{.MemUsage}}', ...running], host);
  const bytes = said.split('\n').map(bytesOf);
  return bytes.every((each) => each !== undefined) ? bytes.reduce((sum, each) => sum + each, 0) : undefined;
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
