import type { Clock } from '@lucid/clock';
import type { Address, Discovery } from '@lucid/discovery';
import { commonErrors } from '@lucid/errors';
import { type Circuit, CircuitBreaker } from './circuit-breaker.ts';
import { addressKey, Instance } from './instance.ts';
import { RetryBudget } from './retry-budget.ts';

/** Connections to an instance that DNS does not list are kept this long after the last call pinned to it. */
const PINNED_MS = 60_000;

export interface UpstreamOptions {
  baseUrl: string;
  discovery: Discovery;
  clock: Clock;
  maxConnections: number;
  onCircuit: (service: string, to: Circuit, from: Circuit) => void;
}

/** A called service: its instances, its breaker, its retry budget. */
export class Upstream {
  /** The name in the URL, which is the service's name. */
  readonly service: string;
  /** The `host` header. */
  readonly host: string;
  readonly pathPrefix: string;
  readonly breaker: CircuitBreaker;
  readonly budget = new RetryBudget();
  readonly #options: UpstreamOptions;
  readonly #protocol: string;
  readonly #port: number;
  readonly #instances = new Map<string, Instance>();
  readonly #closing = new Set<Promise<void>>();
  #addresses: readonly Address[] | undefined;
  #listed: readonly Instance[] = [];

  constructor(options: UpstreamOptions) {
    const url = new URL(options.baseUrl);
    this.#options = options;
    this.#protocol = url.protocol;
    this.#port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
    this.service = url.hostname;
    this.host = url.host;
    this.pathPrefix = url.pathname.replace(/\/+$/, '');
    this.breaker = new CircuitBreaker((to, from) => options.onCircuit(this.service, to, from));
  }

  /** The instances as of the last `refresh`. */
  get instances(): readonly Instance[] {
    return this.#listed;
  }

  /** Takes over what discovery knows now. @throws UPSTREAM_UNREACHABLE when the name never resolved */
  async refresh(): Promise<void> {
    const addresses = await this.#options.discovery.resolve(this.service, this.#port);
    if (sameAddresses(addresses, this.#addresses)) return;
    this.#addresses = addresses;
    this.#listed = addresses.map((address) => this.#instance(addressKey(address)));
    this.#retire();
  }

  /**
   * @param address `host:port` of one instance, listed in DNS or not
   * @throws UPSTREAM_UNREACHABLE when it makes no sense or does not resolve
   */
  async pinned(address: string): Promise<Instance> {
    const url = URL.parse(`${this.#protocol}//${address}`);
    if (!url)
      throw commonErrors.UPSTREAM_UNREACHABLE({ details: { upstream: this.service, reason: 'bad address' } });
    const [found] = await this.#options.discovery.resolve(url.hostname, Number(url.port) || this.#port);
    const instance = this.#instance(found ? addressKey(found) : address);
    instance.pinnedMs = this.#options.clock.monotonicMs();
    this.#retire();
    return instance;
  }

  /** Resolves when every exchange in flight has ended and every connection is closed. */
  async close(): Promise<void> {
    for (const instance of this.#instances.values()) this.#close(instance);
    await Promise.all(this.#closing);
  }

  #instance(key: string): Instance {
    const known = this.#instances.get(key);
    if (known) return known;
    const created = new Instance(this.#protocol, key, this.#options.maxConnections);
    this.#instances.set(key, created);
    return created;
  }

  /** Closes what is neither listed nor pinned of late; running exchanges end first. */
  #retire(): void {
    const listed = new Set(this.#listed);
    const sinceMs = this.#options.clock.monotonicMs() - PINNED_MS;
    for (const instance of this.#instances.values()) {
      if (!listed.has(instance) && instance.pinnedMs < sinceMs) this.#close(instance);
    }
  }

  #close(instance: Instance): void {
    this.#instances.delete(instance.key);
    const closing = instance.pool.close().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}

const sameAddresses = (left: readonly Address[], right: readonly Address[] | undefined): boolean =>
  left === right ||
  (left.length === right?.length &&
    left.every(({ host, port }, index) => right[index]?.host === host && right[index]?.port === port));
