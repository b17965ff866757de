/**
 * Runs the instances of one system: starts each when what it needs is ready, keeps them running, scales them,
 * stops them in reverse order. Knows nothing of locks, builds or sockets; `launch.ts` prepares those.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { deployErrors } from '../../errors.ts';
import { prerequisitesOf, startOrder } from '../../model/start-order.ts';
import type { Service, System } from '../../model/types.ts';
import { requireScalable, requireService } from '../../profiles/profile.ts';
import type { EngineListener, InstanceState } from '../engine.ts';
import type { NameTable } from './dns-answers.ts';
import { foundNames, namesOf } from './found-names.ts';
import { Instance, type InstanceSpec } from './instance.ts';

/** What the supervisor needs from its surroundings. */
export interface Surroundings {
  readonly system: System;
  readonly listener: EngineListener;
  specFor(service: Service, replica: number): InstanceSpec;
  /** Before instances are added: keys exist and are published, ports are free. Throws `DeployError`. */
  admit(added: readonly InstanceSpec[], all: readonly InstanceSpec[]): Promise<void>;
  /** Called after every change: the state file and the name table follow. */
  changed(): void;
}

/** Callers look the names up every second; after this nobody sends to a withdrawn instance any more. */
const WITHDRAW_MS = 1_200;
const SETTLED: readonly InstanceState[] = ['ready', 'failed', 'stopped'];

export class Supervisor {
  readonly #surroundings: Surroundings;
  #instances: Instance[] = [];
  #withdrawn = new Set<Instance>();
  #starting = true;
  #stopping = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  get instances(): readonly Instance[] {
    return this.#instances;
  }

  get phase(): 'starting' | 'running' | 'stopping' {
    if (this.#stopping) return 'stopping';
    return this.#starting ? 'starting' : 'running';
  }

  /** Who is to be found under which name right now. */
  names(): NameTable {
    const { services } = this.#surroundings.system;
    return {
      services: services.flatMap(namesOf),
      found: this.#instances
        .filter((instance) => !this.#withdrawn.has(instance))
        .map(({ spec, state }) => {
          const service = requireService(this.#surroundings.system, spec.service);
          return { id: spec.id, names: foundNames(service, state), host: spec.host, port: spec.port };
        })
        .filter(({ names }) => names.size > 0),
    };
  }

  /** Resolves when every instance is ready. Throws when one gave up; the caller stops the rest. */
  async start(): Promise<void> {
    const { system, listener } = this.#surroundings;
    const order = startOrder(system);
    const tiers = order.ok ? order.tiers : [];
    const specs = system.services.flatMap((service) => this.#specs(service, 1, service.replicas));
    await this.#surroundings.admit(specs, specs);
    if (this.#stopping) throw deployErrors.startInterrupted();
    this.#instances = specs.map((spec) => this.#create(spec));
    const tierOf = (name: string) => tiers.findIndex((tier) => tier.includes(name)) + 1;
    const planned = specs.map(({ id, service }) => ({ id, tier: tierOf(service), job: false }));
    listener({ type: 'plan', instances: planned });

    const readiness = new Map<string, Promise<void>>();
    for (const name of tiers.flat()) {
      const service = requireService(system, name);
      const before = prerequisitesOf(system, service).map(
        (needed) => readiness.get(needed) ?? Promise.resolve(),
      );
      const ready = Promise.all(before).then(() => this.#startAll(this.#of(name)));
      ready.catch(() => {}); // reported once, by the Promise.all below
      readiness.set(name, ready);
    }
    await Promise.all(readiness.values());
    this.#starting = false;
    listener({ type: 'phase', phase: 'running' });
    this.#surroundings.changed();
  }

  /** Last started, first stopped. Resolves with the number of processes there were, when every one is gone. */
  async stop(): Promise<number> {
    this.#stopping = true;
    const running = this.#instances.filter((instance) => instance.identity !== undefined).length;
    if (running === 0) return 0;
    const order = startOrder(this.#surroundings.system);
    this.#surroundings.listener({ type: 'phase', phase: 'stopping' });
    for (const tier of order.ok ? order.tiers.toReversed() : []) {
      const members = this.#instances.filter((instance) => tier.includes(instance.spec.service));
      await Promise.all(members.map((instance) => instance.stop()));
    }
    return running;
  }

  /** The second Ctrl-C: no more patience. */
  kill(): void {
    for (const instance of this.#instances) instance.kill();
  }

  /** Brings a service to `count` instances, one change at a time. */
  scale(name: string, count: number): Promise<void> {
    const service = requireScalable(this.#surroundings.system, name, count);
    return this.#inTurn(async () => {
      const current = this.#of(service.name).toSorted((a, b) => a.spec.replica - b.spec.replica);
      if (count > current.length) await this.#grow(service, count - current.length);
      else await Promise.all(current.slice(count).map((instance) => this.#retire(instance)));
    });
  }

  /** Replaces every instance of a service, one after the other, with what is built now. */
  restart(name: string): Promise<void> {
    const service = requireService(this.#surroundings.system, name);
    return this.#inTurn(async () => {
      for (const old of this.#of(service.name)) {
        await this.#retire(old);
        const spec = this.#surroundings.specFor(service, old.spec.replica);
        await this.#add([spec]);
      }
    });
  }

  async #grow(service: Service, by: number): Promise<void> {
    const taken = new Set(this.#of(service.name).map((instance) => instance.spec.replica));
    const free = Array.from({ length: taken.size + by }, (_, at) => at + 1).filter(
      (replica) => !taken.has(replica),
    );
    await this.#add(free.slice(0, by).map((replica) => this.#surroundings.specFor(service, replica)));
  }

  async #add(specs: readonly InstanceSpec[]): Promise<void> {
    await this.#surroundings.admit(specs, [...this.#instances.map((instance) => instance.spec), ...specs]);
    const added = specs.map((spec) => this.#create(spec));
    this.#instances.push(...added);
    try {
      await this.#startAll(added);
    } catch (error) {
      await Promise.all(added.map((instance) => this.#retire(instance)));
      throw error;
    }
  }

  async #startAll(instances: readonly Instance[]): Promise<void> {
    if (this.#stopping) throw deployErrors.startInterrupted();
    for (const instance of instances) instance.start();
    await Promise.all(
      instances.map(async (instance) => {
        const state = await instance.reaches(SETTLED);
        if (state === 'failed') {
          throw deployErrors.instanceFailed(instance.spec.id, instance.failure, instance.spec.logFile);
        }
        if (state === 'stopped') throw deployErrors.startInterrupted();
      }),
    );
  }

  /** Out of the name table first, ended when the callers have noticed. */
  async #retire(instance: Instance): Promise<void> {
    this.#withdrawn.add(instance);
    this.#surroundings.changed();
    if (instance.state === 'ready') await sleep(WITHDRAW_MS);
    await instance.stop();
    this.#instances = this.#instances.filter((other) => other !== instance);
    this.#withdrawn.delete(instance);
    this.#surroundings.changed();
  }

  #create(spec: InstanceSpec): Instance {
    return new Instance(spec, {
      mayGiveUp: () => this.#starting,
      changed: (instance, from, detail) => {
        this.#surroundings.changed();
        const { state } = instance;
        this.#surroundings.listener({
          type: 'instance',
          id: spec.id,
          from,
          state,
          ...(detail ? { detail } : {}),
        });
      },
    });
  }

  #of(name: string): Instance[] {
    return this.#instances.filter((instance) => instance.spec.service === name);
  }

  #specs(service: Service, from: number, count: number): InstanceSpec[] {
    return Array.from({ length: count }, (_, at) => this.#surroundings.specFor(service, from + at));
  }

  /** One change after the other: two scalings of the same service must not see each other half done. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(() => {
      if (this.phase !== 'running')
        throw deployErrors.usage(`the system is ${this.phase}; try again when it is running`);
      return change();
    });
    this.#turn = mine.catch(() => {}); // its caller hears of it; the next in line need not
    return mine;
  }
}
