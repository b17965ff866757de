/** Runs a system on a Kubernetes cluster, through kubectl and whatever context it has. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployErrors } from '../../errors.ts';
import type { Service, System } from '../../model/types.ts';
import { requireService } from '../../profiles/profile.ts';
import { kubernetes as kubernetesTarget } from '../../render/kubernetes/index.ts';
import { NAME_LABEL } from '../../render/kubernetes/names.ts';
import { planOf } from '../../render/kubernetes/write/plan.ts';
import {
  type Application,
  ContainerEngine,
  type ContainerEngineOptions,
} from '../containers/container-engine.ts';
import { type DeployedImages, deployedReference, versionOf } from '../containers/deployed-images.ts';
import { merged } from '../containers/merged.ts';
import type {
  Captured,
  DownOptions,
  EngineListener,
  InstanceStatus,
  LogLine,
  LogOptions,
  SystemStatus,
} from '../engine.ts';
import { writeFileAtomically } from '../process/write-file.ts';
import { asAutoscaled, atLeast, requireFixed } from './autoscaled.ts';
import { imageBefore } from './image-before.ts';
import { withImages } from './image-overrides.ts';
import { APPLIED_BY, Kubectl } from './kubectl.ts';
import { deleteLeftovers } from './leftovers.ts';
import { type PodInstance, podInstances } from './pods.ts';
import { publishedAddress } from './published-address.ts';
import { rolloutSeconds } from './rollout-deadline.ts';
import { secretObjects } from './secret-objects.ts';

const RECENT_LINES = 50;
/** So that the client says itself that the time is over. */
const CLIENT_SECONDS = 30;
/** What `down` removes; claims stay, as volumes do on every engine, and Secrets, which on a Swarm go with the stack. */
const KINDS =
  'deployments,statefulsets,jobs,services,horizontalpodautoscalers,poddisruptionbudgets,networkpolicies,configmaps,serviceaccounts';
const APPLY = ['apply', '--server-side', '--force-conflicts', `--field-manager=${APPLIED_BY}`];
/** So many restarts during the start are no accident. */
const HOPELESS_RESTARTS = 5;

export class KubernetesEngine extends ContainerEngine {
  readonly name = 'kubernetes';
  readonly #kubectl = new Kubectl();

  constructor(options: ContainerEngineOptions) {
    super(options, kubernetesTarget);
  }

  restart(service: string): Promise<SystemStatus> {
    return this.#roll(service, (workload) => ['rollout', 'restart', workload]);
  }

  async update(service: string, version: string): Promise<SystemStatus> {
    const { system, images } = await this.running();
    const updated = requireService(system, service);
    return this.#replace(updated, versionOf(updated, version, images));
  }

  /** The cluster's last revision may be a restart or an `up` of the same image: what is remembered goes first. */
  async rollback(service: string): Promise<SystemStatus> {
    const { system, images } = await this.running();
    const rolled = requireService(system, service);
    const before = imageBefore(rolled, images, await this.#imageOf(system, rolled.name));
    if (before !== undefined) return this.#replace(rolled, before);
    const status = await this.#roll(service, (workload) => ['rollout', 'undo', workload]);
    await this.pin(rolled.name, await this.#imageOf(system, rolled.name));
    return status;
  }

  async *logs({
    of = [],
    lines = RECENT_LINES,
    follow = false,
    signal,
  }: LogOptions): AsyncGenerator<LogLine> {
    const { system } = await this.running();
    const pods = (await this.#pods(system)).filter(({ status }) => of.length === 0 || isNamed(of, status));
    const flags = ['--timestamps', `--tail=${lines}`, ...(follow ? ['--follow'] : [])];
    const kubectl = this.#kubectl;
    const streams = pods.map(
      ({ pod, status }) =>
        async function* (over?: AbortSignal): AsyncGenerator<LogLine> {
          const args = ['logs', '--namespace', system.name, pod, ...flags];
          for await (const text of kubectl.lines(args, over)) yield logLine(status.id, text);
        },
    );
    if (follow) yield* merged(streams, signal);
    else for (const stream of streams) yield* stream(signal);
  }

  async exec(instance: string, command: readonly string[]): Promise<number> {
    const terminal = process.stdin.isTTY && process.stdout.isTTY ? ['--tty'] : [];
    return this.#kubectl.interactive([
      'exec',
      '--stdin',
      ...terminal,
      ...(await this.#place(instance)),
      ...command,
    ]);
  }

  async capture(instance: string, command: readonly string[]): Promise<Captured> {
    return this.#kubectl.capture(['exec', ...(await this.#place(instance)), ...command]);
  }

  /** Of the door it says what the cluster does: ports on the machine of whoever asks are none of a cluster's. */
  override async status(): Promise<SystemStatus | undefined> {
    const status = await super.status();
    if (!status) return undefined;
    const { system } = await this.running();
    return { ...status, publicUrl: await publishedAddress(this.#kubectl, system) };
  }

  /** With the numbers that the autoscalers ask for, where there are any: theirs are right by definition. */
  override async wanted(): Promise<System> {
    const { deployment, system } = await this.running();
    return asAutoscaled(this.#kubectl, system, deployment.profile);
  }

  protected override requireFixed(system: System, profile: string, service: Service): void {
    requireFixed(system, profile, service);
  }

  protected override awaited(system: System, profile: string): System {
    return atLeast(system, profile);
  }

  protected requireTools(): Promise<void> {
    return this.#kubectl.requireCluster();
  }

  /** The nodes fetch them; this machine need not have them. */
  protected async provideImages(
    _system: System,
    _images: DeployedImages,
    listener: EngineListener,
  ): Promise<void> {
    listener({ type: 'step', step: 'images', done: true, detail: 'fetched by the nodes' });
  }

  protected async apply(application: Application): Promise<void> {
    const { system, images, secrets } = application;
    const folder = this.home.renderedDir;
    const kustomization = join(folder, 'kustomization.yaml');
    const text = withImages(readFileSync(kustomization, 'utf8'), system, images);
    writeFileAtomically(kustomization, text, 0o644);
    await this.#kubectl.run([...APPLY, '--filename', join(folder, 'namespace.yaml')]);
    await this.#kubectl.run([...APPLY, '--filename', '-'], secretObjects(secrets, system.name));
    await this.#kubectl.run([...APPLY, '--kustomize', folder]);
    await deleteLeftovers(this.#kubectl, system, folder);
    await this.waitFor({ ...application, system: application.awaited });
  }

  protected async remove(system: System, { volumes = false }: DownOptions): Promise<void> {
    const ours = ['--namespace', system.name, '--selector', 'app.kubernetes.io/part-of=lucid'];
    if (volumes)
      await this.#kubectl.run(['delete', 'namespace', system.name, '--ignore-not-found', '--wait']);
    else await this.#kubectl.run(['delete', KINDS, ...ours, '--ignore-not-found', '--wait']);
  }

  protected async instances(system: System): Promise<InstanceStatus[]> {
    return (await this.#pods(system)).map(({ status }) => status);
  }

  protected async verdictOf(system: System, instance: InstanceStatus): Promise<string | undefined> {
    const found = (await this.#pods(system)).find(({ status }) => status.id === instance.id);
    if (!found || (found.status.restarts < HOPELESS_RESTARTS && found.status.state !== 'failed'))
      return undefined;
    return `restarted ${found.status.restarts} times: ${found.problem ?? 'no reason given'}`;
  }

  /** Moves a service to an image, and remembers it when the rollout is through and it is another one. */
  async #replace(service: Service, reference: string): Promise<SystemStatus> {
    const { images } = await this.running();
    const image = `${service.name}=${reference}`;
    const status = await this.#roll(service.name, (workload) => ['set', 'image', workload, image]);
    if (deployedReference(service, images) !== reference) await this.pin(service.name, reference);
    return status;
  }

  /** Begins a rollout and waits until Kubernetes says that it is through. */
  async #roll(service: string, args: (workload: string) => readonly string[]): Promise<SystemStatus> {
    const { deployment, system } = await this.running();
    const rolled = requireService(system, service);
    const namespace = ['--namespace', system.name];
    const workload = await this.#workloadOf(system, rolled.name);
    await this.#kubectl.run([...args(workload), ...namespace]);
    const seconds = rolloutSeconds(planOf(system, deployment.profile), rolled);
    const watching = ['rollout', 'status', workload, ...namespace, `--timeout=${seconds}s`];
    await this.#kubectl.run(watching, undefined, (seconds + CLIENT_SECONDS) * 1_000);
    return this.requireStatus();
  }

  /** `deployment.apps/lucid-session-api` */
  async #workloadOf(system: System, service: string): Promise<string> {
    const where = ['--namespace', system.name, '--selector', `${NAME_LABEL}=${service}`];
    const found = await this.#kubectl.run(['get', 'deployments,statefulsets', ...where, '--output=name']);
    return found.trim();
  }

  /** What the cluster is told to run, whether or not the rollout to it is through. */
  async #imageOf(system: System, service: string): Promise<string> {
    const image = ['--output', 'jsonpath={.spec.template.spec.containers[0].image}'];
    const workload = await this.#workloadOf(system, service);
    return (await this.#kubectl.run(['get', workload, '--namespace', system.name, ...image])).trim();
  }

  async #place(instance: string): Promise<string[]> {
    const { system } = await this.running();
    const pods = await this.#pods(system);
    const found = pods.find(({ status: { id } }) => id === instance || id === `lucid-${instance}`);
    if (found) return ['--namespace', system.name, found.pod, '--'];
    throw deployErrors.noSuchInstance(
      instance,
      pods.map(({ status }) => status.id),
    );
  }

  #pods(system: System): Promise<PodInstance[]> {
    return podInstances(this.#kubectl, system, system.name);
  }
}

const isNamed = (of: readonly string[], { id, service }: InstanceStatus) =>
  of.some((name) => [id, service].some((own) => own === name || own === `lucid-${name}`));

/** `kubectl logs --timestamps` puts an RFC 3339 time before each line. */
function logLine(instance: string, text: string): LogLine {
  const [, time, rest] = /^(\S+Z|\S+[+-]\d\d:\d\d) (.*)$/s.exec(text) ?? [];
  const timeMs = time === undefined ? Number.NaN : Date.parse(time);
  return { instance, text: rest ?? text, timeMs: Number.isNaN(timeMs) ? undefined : timeMs };
}
