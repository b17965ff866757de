/** Asks the engine by the official client, so that contexts, sockets and logins are its business. */
import { Readable } from 'node:stream';
import { execa } from 'execa';
import type { BuildRequest, Docker, ImageFacts } from './docker.ts';
import { imageErrors } from './image-errors.ts';

const ANSWER_DEADLINE_MS = 10_000;

export class DockerClient implements Docker {
  #buildKit: Promise<boolean> | undefined;

  async requireEngine(): Promise<void> {
    const { failed, stdout, stderr, shortMessage } = await execa(
      'docker',
      ['version', '--format', '{{.Server.Version}}'],
      { reject: false, timeout: ANSWER_DEADLINE_MS },
    );
    if (failed || stdout === '')
      throw imageErrors.noEngine(await this.#host(), lastLine(stderr) || shortMessage || '');
  }

  async inspect(reference: string): Promise<ImageFacts | undefined> {
    const { failed, stdout, stderr } = await docker(['image', 'inspect', reference]);
    if (failed) {
      if (/no such image/i.test(stderr)) return undefined;
      throw imageErrors.engineFailed(`image inspect ${reference}`, lastLine(stderr));
    }
    const [image] = JSON.parse(stdout) as [EngineImage];
    return {
      id: image.Id,
      sizeBytes: image.Size,
      layers: image.RootFS.Layers ?? [],
      labels: image.Config?.Labels ?? {},
    };
  }

  async pull(reference: string): Promise<string | undefined> {
    const { failed, stderr } = await docker(['pull', '--quiet', reference]);
    return failed ? lastLine(stderr) : undefined;
  }

  async push(reference: string): Promise<void> {
    await succeed(['push', '--quiet', reference]);
  }

  async tag(source: string, reference: string): Promise<void> {
    await succeed(['tag', source, reference]);
  }

  /** BuildKit where its client plugin is installed, the classic builder elsewhere: the recipes suit both. */
  async build(request: BuildRequest): Promise<void> {
    const buildKit = await this.#hasBuildKit();
    const { tag, context, target, buildArguments, cache } = request;
    const flags = [
      ...(target ? ['--target', target] : []),
      ...Object.entries(buildArguments).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
      ...(cache ? [] : ['--no-cache']),
    ];
    const { failed, stdout, stderr } = await execa('docker', ['build', '--tag', tag, ...flags, '-'], {
      input: Readable.from(context),
      env: { DOCKER_BUILDKIT: buildKit ? '1' : '0', BUILDX_NO_DEFAULT_ATTESTATIONS: '1' },
      reject: false,
    });
    if (failed) throw imageErrors.buildFailed(tag, lastLine(stderr) || lastLine(stdout));
  }

  #hasBuildKit(): Promise<boolean> {
    this.#buildKit ??= docker(['buildx', 'version']).then(({ failed }) => !failed);
    return this.#buildKit;
  }

  async #host(): Promise<string> {
    const { stdout } = await docker(['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}']);
    return stdout || 'the default socket';
  }
}

interface EngineImage {
  readonly Id: string;
  readonly Size: number;
  readonly RootFS: { readonly Layers?: readonly string[] };
  readonly Config?: { readonly Labels?: Readonly<Record<string, string>> | null };
}

/** Never rejects: a client that is missing is one more way to fail. */
function docker(command: readonly string[]) {
  return execa('docker', command, { reject: false });
}

async function succeed(command: readonly string[]): Promise<void> {
  const { failed, stderr, shortMessage } = await docker(command);
  if (failed) throw imageErrors.engineFailed(command.join(' '), lastLine(stderr) || (shortMessage ?? ''));
}

/** What the client said last, without the words that only say who said it. */
function lastLine(text: string | undefined): string {
  const line = text?.trim().split('\n').at(-1)?.trim() ?? '';
  return line.replace(/^Error response from daemon: /, '');
}
