/** Runs a system on Docker Swarm: the generated stack, spread over the nodes, started phase by phase. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { deployErrors } from '../../errors.ts';
import type { PublishedPort, System } from '../../model/types.ts';
import { requireService } from '../../profiles/profile.ts';
import { type ContainerService, containerSystem } from '../../render/container-system.ts';
import { swarm as swarmTarget } from '../../render/swarm/index.ts';
import { EVERY_ADDRESS, withOpenPorts } from '../../render/swarm/open-ports.ts';
import {
  type Application,
  ContainerEngine,
  type ContainerEngineOptions,
} from '../containers/container-engine.ts';
import { type DeployedImages, deployedReference, versionOf } from '../containers/deployed-images.ts';
import { DockerCommand } from '../containers/docker-command.ts';
import { builtTiers } from '../containers/expected-instances.ts';
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
import { writeFileAtomically } from '../process/write-file.ts';
import { requireDataNode } from './data-node.ts';
import { nodeEngines } from './node-engines.ts';
import { phaseFile } from './phase-file.ts';
import { removeSecrets, storeSecrets } from './stack-secrets.ts';
import { swarmLogs } from './swarm-logs.ts';
import { type SwarmInstance, swarmInstances } from './swarm-tasks.ts';
import { carryOut, runsAlready } from './swarm-updates.ts';

const UPDATE_WITHIN_MS = 900_000;
const REMOVED_WITHIN_MS = 180_000;
const DEPLOY_WITHIN_MS = 180_000;
/** So many tasks of one slot that failed during the start are no accident. */
const HOPELESS_FAILURES = 4;

export class SwarmEngine extends ContainerEngine {
  readonly name = 'swarm';

  protected readonly docker: DockerCommand;

  constructor(options: ContainerEngineOptions) {
    super(options, swarmTarget);
    this.docker = new DockerCommand(options.dockerHost);
  }

  restart(service: string): Promise<SystemStatus> {
    return this.#update(service, ['update', '--force'], 'completed');
  }

  /** Swarm replaces replicas as the update policy says, and goes back by itself when the new ones fail. */
  async update(service: string, version: string): Promise<SystemStatus> {
    const { system, images } = await this.running();
    const updated = requireService(system, service);
    return this.#replace(updated.name, versionOf(updated, version, images));
  }

  /** Swarm itself knows the specification before the last one, and every deployment of the stack makes one. */
  async rollback(service: string): Promise<SystemStatus> {
    const { system, images } = await this.running();
    const { name } = requireService(system, service);
    const before = images.replaced[name];
    if (before !== undefined) return this.#replace(name, before);
    const status = await this.#update(name, ['rollback'], 'rollback_completed');
    const image = ['--format', '{{.Spec.TaskTemplate.ContainerSpec.Image}}'];
    await this.pin(name, await this.docker.run(['service', 'inspect', ...image, `${system.name}_${name}`]));
    return status;
  }

  async *logs(options: LogOptions): AsyncGenerator<LogLine> {
    const { system } = await this.running();
    yield* swarmLogs(this.docker, system, options);
  }

  async exec(instance: string, command: readonly string[]): Promise<number> {
    const { docker, container } = await this.#containerOf(instance);
    const terminal = process.stdin.isTTY && process.stdout.isTTY ? ['--tty'] : [];
    return docker.interactive(['exec', '--interactive', ...terminal, container, ...command]);
  }

  async capture(instance: string, command: readonly string[]): Promise<Captured> {
    const { docker, container } = await this.#containerOf(instance);
    return docker.capture(['exec', container, ...command]);
  }

  protected async requireTools(): Promise<void> {
    await this.docker.requireEngine();
    const answer = await this.docker.try([
      'info',
      '--format',
      '{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}}',
    ]);
    if (answer.stdout !== 'active true') throw deployErrors.noSwarm(answer.stdout || answer.error);
  }

  protected override requirePlace(system: System): Promise<void> {
    return requireDataNode(this.docker, system);
  }

  /** By phases of health: the stack grows by one tier when the tiers before it are ready. */
  protected async apply(application: Application): Promise<void> {
    const { system, images, secrets } = application;
    await storeSecrets(this.docker, system.name, secrets);
    const whole = readFileSync(join(this.home.renderedDir, 'stack.yaml'), 'utf8');
    const there = new Set((await this.instances(system)).map(({ service }) => service));
    const references = new Map<string, string>();
    for (const tier of builtTiers(system)) {
      for (const service of tier) references.set(service.name, deployedReference(service, images));
      if (tier.every(({ name }) => there.has(name)) && tier !== builtTiers(system).at(-1)) continue;
      await this.#deployStack(system, phaseFile(whole, references));
      const phase = { ...system, services: system.services.filter(({ name }) => references.has(name)) };
      await this.waitFor({ ...application, system: phase });
    }
    await this.#deployStack(system, phaseFile(whole, references), ['--prune']); // the whole at last: the rest goes
    await this.waitFor(application);
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
    const stack = system.name;
    await this.docker.run(['stack', 'rm', stack]);
    const label = `label=com.docker.stack.namespace=${stack}`;
    const left = async () =>
      (await this.docker.run(['ps', '--all', '--quiet', '--filter', label])) +
      (await this.docker.run(['network', 'ls', '--quiet', '--filter', label])) +
      (await this.docker.try(['stack', 'ps', '--quiet', stack])).stdout;
    const deadline = performance.now() + REMOVED_WITHIN_MS;
    while ((await left()) !== '') {
      if (performance.now() > deadline) throw deployErrors.unexpected(`the stack ${stack} does not go away`);
      await sleep(500);
    }
    await removeSecrets(this.docker, stack);
    if (volumes) await this.#removeVolumes(label);
  }

  /** On every address of a node, or not at all. */
  protected override doorsOf(lowered: ContainerService): readonly PublishedPort[] {
    return withOpenPorts(lowered).publishedPorts.map((port) => ({ ...port, host: EVERY_ADDRESS }));
  }

  /** The node that runs a part with a published port: such ports are the node's own, not the whole Swarm's. */
  protected override async doorHost(system: System): Promise<string> {
    const doors = containerSystem(system).services.filter((lowered) => this.doorsOf(lowered).length > 0);
    const names = doors.map(({ service }) => service.name);
    const all = await swarmInstances(this.docker, system, system.name);
    const door = all.find(({ status, nodeId }) => names.includes(status.service) && nodeId !== undefined);
    if (!door?.nodeId) return '127.0.0.1';
    return this.docker.run(['node', 'inspect', '--format', '{{.Status.Addr}}', door.nodeId]);
  }

  protected async instances(system: System): Promise<InstanceStatus[]> {
    return (await swarmInstances(this.docker, system, system.name)).map(({ status }) => status);
  }

  protected async verdictOf(system: System, instance: InstanceStatus): Promise<string | undefined> {
    const all = await swarmInstances(this.docker, system, system.name);
    const found = all.find(({ status }) => status.id === instance.id);
    if (!found || found.status.restarts < HOPELESS_FAILURES) return undefined;
    return `failed ${found.status.restarts} times: ${found.problem ?? 'no reason given'}. ${await this.#lastWords(found, system)}`;
  }

  /** With the engine of its node. @throws `no-such-instance`, or `elsewhere` naming the node whose engine is not known */
  async #containerOf(instance: string): Promise<{ docker: DockerCommand; container: string }> {
    const { system } = await this.running();
    const all = await swarmInstances(this.docker, system, system.name);
    const found = all.find(({ status: { id } }) => id === instance || id === `lucid-${instance}`);
    if (!found?.containerId)
      throw deployErrors.noSuchInstance(
        instance,
        all.map(({ status }) => status.id),
      );
    const here = await this.docker.run(['info', '--format', '{{.Swarm.NodeID}}']);
    if (found.nodeId === here) return { docker: this.docker, container: found.containerId };
    const node = await this.#nodeName(found.nodeId ?? '');
    const host = nodeEngines(process.env.LUCID_NODE_HOSTS).get(node);
    if (host === undefined) throw deployErrors.elsewhere(instance, node);
    return { docker: new DockerCommand(host), container: found.containerId };
  }

  async #lastWords({ status }: SwarmInstance, system: System): Promise<string> {
    const service = `${system.name}_${status.service}`;
    const log = await this.docker.try(['service', 'logs', '--raw', '--tail', '3', service], {
      timeoutMs: 10_000,
    });
    return log.stdout.trim().split('\n').at(-1) ?? '';
  }

  async #replace(service: string, reference: string): Promise<SystemStatus> {
    const { system, images } = await this.running();
    if (await runsAlready(this.docker, `${system.name}_${service}`, reference)) {
      const remembered = deployedReference(requireService(system, service), images) === reference;
      if (!remembered) await this.pin(service, reference);
      return this.requireStatus();
    }
    const args = ['update', '--image', reference, '--no-resolve-image', '--with-registry-auth'];
    const status = await this.#update(service, args, 'completed');
    await this.pin(service, reference);
    return status;
  }

  async #update(
    service: string,
    args: readonly string[],
    wanted: 'completed' | 'rollback_completed',
  ): Promise<SystemStatus> {
    const { system } = await this.running();
    const { name } = requireService(system, service);
    await carryOut(this.docker, args, `${system.name}_${name}`, wanted, UPDATE_WITHIN_MS);
    return this.requireStatus();
  }

  async #deployStack(system: System, text: string, more: readonly string[] = []): Promise<void> {
    const file = join(this.home.renderedDir, 'stack.phase.yaml');
    writeFileAtomically(file, text, 0o644);
    const how = ['--with-registry-auth', '--resolve-image', 'never', '--compose-file', file];
    const args = ['stack', 'deploy', ...how, ...more, system.name];
    await this.docker.run(args, { timeoutMs: DEPLOY_WITHIN_MS });
  }

  async #nodeName(id: string): Promise<string> {
    return this.docker.run(['node', 'inspect', '--format', '{{.Description.Hostname}}', id]);
  }

  /** Those of this node; other nodes keep theirs until somebody removes them there. */
  async #removeVolumes(label: string): Promise<void> {
    const ids = await this.docker.run(['volume', 'ls', '--quiet', '--filter', label]);
    const names = ids.split('\n').filter((name) => name !== '');
    if (names.length > 0) await this.docker.run(['volume', 'rm', ...names]);
  }
}
