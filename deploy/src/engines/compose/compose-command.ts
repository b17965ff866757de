/** Compose v2 for one project, through the npm wrapper that knows its arguments. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execCompose, type IDockerComposeOptions, version } from 'docker-compose';
import { deployErrors } from '../../errors.ts';

export interface ComposeProject {
  readonly name: string;
  readonly file: string;
  /** Labels that tell what mounted files hold, written when the system is handed over. */
  readonly contentLabels?: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** @throws `no-compose` when the plugin is not installed */
export async function requireCompose(environment: NodeJS.ProcessEnv): Promise<string> {
  try {
    return (await version({ env: environment })).data.version;
  } catch (error) {
    throw deployErrors.noCompose(wordsOf(error));
  }
}

/** Runs one Compose command. @throws `docker-failed` with Compose's last words */
export async function compose(
  project: ComposeProject,
  command: string,
  args: readonly string[] = [],
): Promise<string> {
  const options: IDockerComposeOptions = {
    cwd: dirname(project.file),
    config: [project.file, project.contentLabels ?? ''].filter((file) => existsSync(file)),
    composeOptions: ['--project-name', project.name, '--ansi', 'never'],
    env: project.environment,
  };
  try {
    return (await execCompose(command, [...args], options)).out;
  } catch (error) {
    throw deployErrors.dockerFailed(['compose', command, ...args], wordsOf(error));
  }
}

/** @param dir folder of the rendered files */
export const composeFile = (dir: string): string => join(dir, 'compose.yaml');

/** The wrapper rejects with a result, not with an error. */
function wordsOf(failure: unknown): string {
  if (failure instanceof Error) return failure.message;
  const err = typeof failure === 'object' && failure !== null && 'err' in failure ? String(failure.err) : '';
  return err.trim().split('\n').at(-1) ?? 'no reason given';
}
