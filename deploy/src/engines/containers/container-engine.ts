/**
 * What engines of containers have in common: composing the system, secrets and files, waiting, and telling what is
 * there. How it is handed over, and what is said of it then, is each engine's own.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { deployErrors } from '../../errors.ts';
import type { PublishedPort, Service, System } from '../../model/types.ts';
import { requireScalable, requireService } from '../../profiles/profile.ts';
import { type ContainerService, containerSystem } from '../../render/container-system.ts';
import type { Target } from '../../render/renderer.ts';
import type {
  Captured,
  DownOptions,
  Engine,
  EngineListener,
  InstanceState,
  InstanceStatus,
  LogLine,
  LogOptions,
  SystemStatus,
  UpOptions,
  UpReport,
} from '../engine.ts';
import { withCounts } from '../load-system.ts';
import { type Preview, placeOf, previewOf } from '../preview.ts';
import { chooseSystem, composeSystem, requireSound } from './container-choice.ts';
import { type ContainerHome, containerHome, prepareContainerHome, writeRendered } from './container-home.ts';
import { chosenImages, type DeployedImages, deployedReference } from './deployed-images.ts';
import {
  type Deployment,
  deploymentOf,
  forgetDeployment,
  optionsOf,
  readDeployment,
  withoutChoices,
  writeDeployment,
} from './deployment-state.ts';
import { expectedOf, plannedInstances, withoutFinishedJobs } from './expected-instances.ts';
import { writeMountedSecrets } from './mounted-secrets.ts';
import { publicUrlOf } from './public-url.ts';
import { waitUntilReady } from './readiness-watch.ts';
import { uninterrupted } from './required-images.ts';

export interface ContainerEngineOptions {
  /** Folder of the workspace. */
  readonly root: string;
  readonly home?: string | undefined;
  readonly systemModule?: string | undefined;
  /** False takes our images as they are. */
  readonly build?: boolean;
  /** `DOCKER_HOST`; the client's default when undefined. */
  readonly dockerHost?: string | undefined;
  /** Longest time until everything is ready. @default 600 s */
  readonly deadlineMs?: number;
}

/** What one `up` or `scale` hands over. */
export interface Application {
  readonly system: System;
  /** The system with as many replicas as must be there before the start is over. */
  readonly awaited: System;
  readonly images: DeployedImages;
  /** Every secret's content by name. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly listener: EngineListener;
  readonly signal: AbortSignal | undefined;
  /** States that have been told already. */
  readonly known: Map<string, InstanceState>;
}

const DEADLINE_MS = 600_000;
const LEFT_UP = 'what was up before stays up, changed as far as it came';
const ignore: EngineListener = () => {};

export abstract class ContainerEngine implements Engine {
  abstract readonly name: string;
  readonly home: ContainerHome;
  protected readonly options: ContainerEngineOptions;
  readonly #target: Target;

  constructor(options: ContainerEngineOptions, target: Target) {
    this.options = options;
    this.home = containerHome(options.root, options.home, target.name);
    this.#target = target;
  }

  /** @throws DeployError when this machine has not what the engine needs */
  protected abstract requireTools(): Promise<void>;
  /** @throws DeployError when the system has no place there, whatever is done next */
  protected async requirePlace(_system: System): Promise<void> {}
  /** @throws DeployError when somebody else owns the number of replicas of a service */
  protected requireFixed(_system: System, _profile: string, _service: Service): void {}
  /** The system with as many replicas as must be there before a start is over. */
  protected awaited(system: System, _profile: string): System {
    return system;
  }
  /** Sees to it that every image can be had. */
  protected abstract provideImages(
    system: System,
    images: DeployedImages,
    listener: EngineListener,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Hands the written files over and waits until everything is ready. */
  protected abstract apply(application: Application): Promise<void>;
  /** Takes everything away. */
  protected abstract remove(system: System, options: DownOptions): Promise<void>;
  /** What is there now. @param memory asks for memory too, where that is to be had */
  protected abstract instances(system: System, memory: boolean): Promise<readonly InstanceStatus[]>;
  /** Why an instance will never be ready; undefined while there is hope. */
  protected abstract verdictOf(system: System, instance: InstanceStatus): Promise<string | undefined>;
  /** The ports that are really published of those that are asked for. */
  protected doorsOf({ publishedPorts }: ContainerService): readonly PublishedPort[] {
    return publishedPorts;
  }
  /** Which machine has the door that is open on all its addresses. */
  protected async doorHost(_system: System): Promise<string> {
    return '127.0.0.1';
  }
  abstract restart(service: string): Promise<SystemStatus>;
  abstract logs(options: LogOptions): AsyncIterable<LogLine>;
  abstract exec(instance: string, command: readonly string[]): Promise<number>;
  abstract capture(instance: string, command: readonly string[]): Promise<Captured>;

  async preview(options: UpOptions): Promise<Preview> {
    const { system, deployment } = await this.#ordered(options);
    const ports = new Map(
      containerSystem(system).services.map((lowered) => [lowered.service.name, this.doorsOf(lowered)]),
    );
    return previewOf(this.name, this.awaited(system, deployment.profile), (service) => ({
      image: deployedReference(service, deployment.images),
      published: (ports.get(service.name) ?? []).map(placeOf),
    }));
  }

  async up(options: UpOptions, listener = ignore, signal?: AbortSignal): Promise<UpReport> {
    const { system, notices, deployment } = await this.#ordered(options);
    await this.requireTools();
    const running = await this.status();
    if (running && running.profile !== options.profile)
      throw deployErrors.otherSettings('profile', running.profile, options.profile);
    await this.requirePlace(system);
    for (const message of notices) listener({ type: 'notice', message });
    await uninterrupted(this.provideImages(system, deployment.images, listener, signal), signal);
    try {
      await this.#deploy(system, deployment, listener, signal);
    } catch (error) {
      if (running) throw signal?.aborted ? deployErrors.startInterrupted(LEFT_UP) : error;
      await this.down().catch((second: unknown) => {
        throw deployErrors.notUndone(error, second);
      });
      throw error;
    }
    return { started: !running, restarted: [], status: await this.requireStatus() };
  }

  async down(options: DownOptions = {}): Promise<number> {
    const deployment = readDeployment(this.home);
    if (!deployment) return 0;
    const system = await this.systemOf(deployment).catch(async () => {
      // A choice may be no longer understood: the name is enough to take away what is there. Else this fails as well.
      const named = await this.systemOf(withoutChoices(deployment));
      writeDeployment(this.home, withoutChoices(deployment));
      return named;
    });
    const instances = withoutFinishedJobs(system, await this.instances(system, false));
    await this.remove(system, options);
    forgetDeployment(this.home);
    rmSync(this.home.mountedSecretsDir, { recursive: true, force: true });
    return instances.length;
  }

  async status(): Promise<SystemStatus | undefined> {
    const deployment = readDeployment(this.home);
    if (!deployment) return undefined;
    const system = await this.systemOf(deployment);
    const instances = withoutFinishedJobs(system, await this.instances(system, true));
    if (instances.length === 0) return undefined;
    return {
      engine: this.name,
      system: system.name,
      profile: deployment.profile,
      phase: instances.every(({ state }) => state === 'ready') ? 'running' : 'starting',
      startedAt: deployment.startedAt,
      publicUrl: publicUrlOf(system, await this.doorHost(system), (lowered) => this.doorsOf(lowered)),
      home: this.home.dir,
      dns: undefined,
      supervisorPid: undefined,
      instances,
    };
  }

  async scale(service: string, count: number): Promise<SystemStatus> {
    const { deployment, system } = await this.running();
    const scaled = requireScalable(system, service, count);
    const { name } = scaled;
    this.requireFixed(system, deployment.profile, scaled);
    requireSound(system);
    const counted = withCounts(system, { [name]: count });
    await this.#deploy(counted, { ...deployment, scale: { ...deployment.scale, [name]: count } }, ignore);
    return this.requireStatus();
  }

  async wanted(): Promise<System> {
    return (await this.running()).system;
  }

  hasDeployment(): boolean {
    return readDeployment(this.home) !== undefined;
  }

  protected imagesOf(system: System, images: DeployedImages) {
    const { root, build = true } = this.options;
    return { root, system, images, logDir: join(this.home.dir, 'logs'), build };
  }

  /** The deployment of this home, its system and its images. @throws `engine-not-up` */
  protected async running(): Promise<{
    deployment: Required<Deployment>;
    system: System;
    images: DeployedImages;
  }> {
    const deployment = readDeployment(this.home);
    if (!deployment) throw deployErrors.engineNotUp(this.home.dir);
    const system = await this.systemOf(deployment);
    const images = deployment.images ?? chosenImages(system, process.env);
    return { deployment: { ...deployment, images }, system, images };
  }

  /** Remembers that a service runs an image of its own from now on, so that no later command takes it back. */
  protected async pin(service: string, reference: string): Promise<void> {
    const { deployment, system, images } = await this.running();
    const pinned = { ...images.pinned, [service]: reference };
    const before = deployedReference(requireService(system, service), images);
    const replaced = { ...images.replaced, [service]: before };
    writeDeployment(this.home, { ...deployment, images: { ...images, pinned, replaced } });
  }

  protected async requireStatus(): Promise<SystemStatus> {
    const status = await this.status();
    if (!status) throw deployErrors.engineNotUp(this.home.dir);
    return status;
  }

  /** Waits for the parts of `system` that are built. @param failure something that ended the start in between */
  protected async waitFor(
    { system, listener, signal, known }: Pick<Application, 'system' | 'listener' | 'signal' | 'known'>,
    failure: () => Error | undefined = () => undefined,
  ): Promise<void> {
    await waitUntilReady({
      list: async () => {
        const failed = failure();
        if (failed) throw failed;
        return this.instances(system, false);
      },
      ...expectedOf(system.services.filter(({ status }) => status === 'built')),
      deadlineMs: this.options.deadlineMs ?? DEADLINE_MS,
      known,
      listener,
      verdict: (instance) => this.verdictOf(system, instance),
      signal,
    });
  }

  protected async systemOf(deployment: Deployment): Promise<System> {
    return composeSystem(optionsOf(deployment), this.options.systemModule);
  }

  /** What is to be, of what is asked for now and what was asked for before. */
  async #ordered(options: UpOptions) {
    const there = readDeployment(this.home);
    const before = there?.profile === options.profile ? there : undefined;
    const asked = deploymentOf(options, before, new Date());
    const { system, notices } = await chooseSystem(optionsOf(asked), this.options.systemModule);
    for (const [name, count] of Object.entries(options.scale ?? {}))
      this.requireFixed(system, options.profile, requireScalable(system, name, count));
    const images = chosenImages(system, process.env, before?.images);
    return { system, notices, deployment: { ...asked, images } };
  }

  async #deploy(
    system: System,
    deployment: Required<Deployment>,
    listener: EngineListener,
    signal?: AbortSignal,
  ): Promise<void> {
    prepareContainerHome(this.home);
    const secrets = writeMountedSecrets(containerSystem(system), this.home);
    const { files } = this.#target.render(system, { profile: deployment.profile });
    writeRendered(this.home, files);
    writeDeployment(this.home, deployment);
    const awaited = this.awaited(system, deployment.profile);
    listener({ type: 'plan', instances: plannedInstances(awaited) });
    const { images } = deployment;
    await this.apply({ system, awaited, images, secrets, listener, signal, known: new Map() });
    listener({ type: 'phase', phase: 'running' });
  }
}
