/** Runs a system on Docker Compose: one machine, real containers, the generated file and nothing else. */
import { DeployError, deployErrors } from '../../errors.ts';
import type { System } from '../../model/types.ts';
import { requireService } from '../../profiles/profile.ts';
import { compose as composeTarget } from '../../render/compose/index.ts';
import {
  type Application,
  ContainerEngine,
  type ContainerEngineOptions,
} from '../containers/container-engine.ts';
import { type DeployedImages, withImageVariables } from '../containers/deployed-images.ts';
import { DockerCommand } from '../containers/docker-command.ts';
import { lastWordsOf } from '../containers/last-words.ts';
import { requireImages } from '../containers/required-images.ts';
import type {
  Captured,
  DownOptions,
  EngineListener,
  InstanceStatus,
  LogLine,
  LogOptions,
  SystemStatus,
} from '../engine.ts';
import { type ComposeProject, compose, composeFile, requireCompose } from './compose-command.ts';
import { type ComposeContainer, composeContainers } from './compose-containers.ts';
import { composeLogs } from './compose-logs.ts';
import { contentLabelsFile, writeContentLabels } from './content-labels.ts';

const STOP_WITHIN_MS = 120_000;

export class ComposeEngine extends ContainerEngine {
  readonly name = 'compose';

  protected readonly docker: DockerCommand;

  constructor(options: ContainerEngineOptions) {
    super(options, composeTarget);
    this.docker = new DockerCommand(options.dockerHost);
  }

  /** Each replica is stopped, removed and made anew before the next one's turn. */
  async restart(service: string): Promise<SystemStatus> {
    const { system, images } = await this.running();
    const { name } = requireService(system, service);
    await requireImages(this.imagesOf(system, images), this.docker, () => {});
    const replicas = (await this.#containers(system)).filter(({ status }) => status.service === name);
    for (const { container, composeService } of replicas) {
      await this.docker.run(['stop', container.Id], { timeoutMs: STOP_WITHIN_MS });
      await this.docker.run(['rm', container.Id]);
      const one = ['--detach', '--no-deps', '--no-recreate', composeService];
      await compose(this.#project(system, images), 'up', one);
      await this.waitFor({ system, listener: () => {}, signal: undefined, known: new Map() });
    }
    return this.requireStatus();
  }

  async *logs(options: LogOptions): AsyncGenerator<LogLine> {
    const { system } = await this.running();
    yield* composeLogs(this.docker, await this.#containers(system), options);
  }

  async exec(instance: string, command: readonly string[]): Promise<number> {
    const { system } = await this.running();
    const { container } = await this.#find(system, instance);
    const terminal = process.stdin.isTTY && process.stdout.isTTY ? ['--tty'] : [];
    return this.docker.interactive(['exec', '--interactive', ...terminal, container.Id, ...command]);
  }

  async capture(instance: string, command: readonly string[]): Promise<Captured> {
    const { system } = await this.running();
    const { container } = await this.#find(system, instance);
    return this.docker.capture(['exec', container.Id, ...command]);
  }

  protected async requireTools(): Promise<void> {
    await this.docker.requireEngine();
    await requireCompose(this.docker.environment);
  }

  /** Compose itself starts each part when what it needs is healthy, and tells nothing meanwhile: we look. */
  protected async apply(application: Application): Promise<void> {
    let failure: Error | undefined;
    writeContentLabels(this.home.renderedDir, this.home.mountedSecretsDir);
    const project = this.#project(application.system, application.images);
    // Every image that is needed has been provided. Compose would fetch those of services without replicas as well.
    const args = ['--detach', '--remove-orphans', '--pull', 'never'];
    const started = compose(project, 'up', args).catch((error: unknown) => {
      failure = error instanceof DeployError ? error : deployErrors.unexpected(String(error));
    });
    await this.waitFor(application, () => failure);
    await started;
  }

  protected provideImages(
    system: System,
    images: DeployedImages,
    listener: EngineListener,
    signal?: AbortSignal,
  ): Promise<void> {
    return requireImages(this.imagesOf(system, images), this.docker, listener, signal);
  }

  protected async remove(system: System, { volumes = false }: DownOptions): Promise<void> {
    const { images } = await this.running();
    await compose(this.#project(system, images), 'down', [
      '--remove-orphans',
      ...(volumes ? ['--volumes'] : []),
    ]);
  }

  protected async instances(system: System, memory: boolean): Promise<InstanceStatus[]> {
    return (await this.#containers(system, memory)).map(({ status }) => status);
  }

  protected async verdictOf(system: System, instance: InstanceStatus): Promise<string | undefined> {
    const found = (await this.#containers(system)).find(({ status }) => status.id === instance.id);
    return found && lastWordsOf(this.docker, found.container);
  }

  async #find(system: System, instance: string): Promise<ComposeContainer> {
    const containers = await this.#containers(system);
    const found = containers.find(({ status: { id } }) => id === instance || id === `lucid-${instance}`);
    if (found) return found;
    throw deployErrors.noSuchInstance(
      instance,
      containers.map(({ status }) => status.id),
    );
  }

  #containers(system: System, memory = false): Promise<ComposeContainer[]> {
    return composeContainers(this.docker, system, system.name, memory);
  }

  #project(system: System, images: DeployedImages): ComposeProject {
    const own = withImageVariables(this.docker.environment, system, images);
    const environment = { ...own, LUCID_SECRETS_DIR: this.home.mountedSecretsDir };
    const { renderedDir } = this.home;
    return {
      name: system.name,
      file: composeFile(renderedDir),
      contentLabels: contentLabelsFile(renderedDir),
      environment,
    };
  }
}
