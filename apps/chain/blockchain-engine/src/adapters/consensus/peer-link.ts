import { type Clock, isoTime } from '@lucid/clock';
import { blockchainEngine, type ChainPeer, type Client, clientFor } from '@lucid/contracts';
import { commonErrors } from '@lucid/errors';
import type { HttpClient } from '@lucid/http-client';
import type { Logger } from '@lucid/logging';
import { Lane } from './lane.ts';
import type { WireText } from './outbox.ts';

/** Where another validator is reached. */
export interface PeerSettings {
  validator: string;
  url: string;
  /** Whom calls are made out to. @default the host of the URL */
  service?: string;
}

export interface PeerLinkDeps {
  /** This validator. */
  self: string;
  http: HttpClient;
  clock: Clock;
  logger: Logger;
}

export type LaneName = 'vote' | 'bulk';

/** A small message that took longer than this is of no use any more. */
const MESSAGE_TIMEOUT_MS = 3000;
/** The slowest way that blocks are sent over: a large one may take longer, or it would never arrive. */
const SLOWEST_BYTES_PER_MS = 1000;
const BLOCKS_TIMEOUT_MS = 10_000;
const { path: MESSAGES } = blockchainEngine.endpoints.consensusMessages;

/** The way to one other validator: sends in order, waits for nobody, forgets what cannot be delivered. */
export class PeerLink {
  readonly validator: string;
  readonly #deps: PeerLinkDeps;
  readonly #client: Client<typeof blockchainEngine>;
  readonly #baseUrl: string;
  /** A token is made out to the host that is called; where that is no service's name, the call is pinned to the address. */
  readonly #pin: { address?: string };
  /** Votes never wait for transactions. */
  readonly #lanes = { vote: new Lane(), bulk: new Lane() };
  #status: Omit<ChainPeer, 'validator'> = { height: null, latency_ms: null, last_seen: null };
  #seenMs = Number.NEGATIVE_INFINITY;
  #isSilent = false;

  constructor({ validator, url, service }: PeerSettings, deps: PeerLinkDeps) {
    const { hostname, host, port, protocol } = new URL(url);
    const isName = service === undefined || service === hostname;
    this.validator = validator;
    this.#deps = deps;
    this.#baseUrl = isName ? `${protocol}//${host}` : `${protocol}//${service}:${port || '80'}`;
    this.#pin = isName ? {} : { address: host };
    this.#client = clientFor(blockchainEngine, deps.http, this.#baseUrl);
  }

  get status(): ChainPeer {
    return { validator: this.validator, ...this.#status };
  }

  /** Since it last answered; infinite when it never did. */
  get silentMs(): number {
    return this.#deps.clock.monotonicMs() - this.#seenMs;
  }

  send(message: WireText, lane: LaneName): void {
    this.#lanes[lane].send(message, (messages) => this.#deliver(messages));
  }

  /** @returns its blocks from this height on, none when it has no more @throws ServiceError when it does not answer */
  async blocksFrom(from: number) {
    const startedMs = this.#deps.clock.monotonicMs();
    const query = { from };
    const { body } = await this.#client.consensusBlocks({
      query,
      timeoutMs: BLOCKS_TIMEOUT_MS,
      ...this.#pin,
    });
    this.#answered(body.height, startedMs);
    return body.blocks;
  }

  async #deliver(messages: string): Promise<void> {
    try {
      await this.#post(messages);
    } catch (error) {
      this.#unanswered(error);
    }
  }

  async #post(messages: string): Promise<void> {
    const { http, clock, self } = this.#deps;
    const startedMs = clock.monotonicMs();
    const answer = await http.request({
      baseUrl: this.#baseUrl,
      method: 'POST',
      path: MESSAGES,
      headers: { 'content-type': 'application/json' },
      body: `{"from":${JSON.stringify(self)},"messages":[${messages}]}`,
      timeoutMs: MESSAGE_TIMEOUT_MS + Math.ceil(messages.length / SLOWEST_BYTES_PER_MS),
      idempotent: true,
      ...this.#pin,
    });
    const said = (await answer.body.json()) as { height?: number };
    if (answer.status !== 202 || said.height === undefined)
      throw commonErrors.UPSTREAM_FAILED({ details: { peer: this.validator, status: answer.status } });
    this.#answered(said.height, startedMs);
  }

  #answered(height: number, startedMs: number): void {
    const { clock, logger } = this.#deps;
    if (this.#isSilent) logger.info({ peer: this.validator }, 'the peer answers again');
    this.#isSilent = false;
    this.#seenMs = clock.monotonicMs();
    this.#status = { height, latency_ms: this.#seenMs - startedMs, last_seen: isoTime(clock) };
  }

  /** Said once per silence. What is lost is repeated by those who need it. */
  #unanswered(error: unknown): void {
    if (!this.#isSilent)
      this.#deps.logger.warn({ err: error, peer: this.validator }, 'a peer does not answer');
    this.#isSilent = true;
  }
}
