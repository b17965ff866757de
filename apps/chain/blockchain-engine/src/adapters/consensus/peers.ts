import type { CertifiedBlock } from '@lucid/consensus';
import type { ChainPeer } from '@lucid/contracts';
import type { Block } from '@lucid/ledger';
import { toWire, type WireText } from './outbox.ts';
import { type LaneName, PeerLink, type PeerLinkDeps, type PeerSettings } from './peer-link.ts';

/** A peer that has not answered for so long counts as gone. */
const SILENT_AFTER_MS = 30_000;

/** The other validators. */
export class Peers {
  readonly #links: readonly PeerLink[];

  /** All engines may be given the same list: this one's own entry means nothing. @throws Error when an entry names a stranger */
  constructor(settings: readonly PeerSettings[], deps: PeerLinkDeps & { validators: readonly string[] }) {
    const wrong = settings.find(({ validator }) => !deps.validators.includes(validator));
    if (wrong)
      throw new Error(`BLOCKCHAIN_PEERS names ${wrong.validator}, which is no validator of this chain`);
    this.#links = settings
      .filter(({ validator }) => validator !== deps.self)
      .map((peer) => new PeerLink(peer, deps));
    const known = new Set([deps.self, ...settings.map(({ validator }) => validator)]);
    const missing = deps.validators.filter((validator) => !known.has(validator));
    if (missing.length > 0)
      deps.logger.warn({ missing }, 'BLOCKCHAIN_PEERS does not say where these validators are reached');
  }

  get count(): number {
    return this.#links.length;
  }

  /** How many answered of late. */
  get connected(): number {
    return this.#links.filter(({ silentMs }) => silentMs < SILENT_AFTER_MS).length;
  }

  get statuses(): ChainPeer[] {
    return this.#links.map(({ status }) => status);
  }

  /** The highest that any of them claims to be; −1 when none has answered. */
  get height(): number {
    return Math.max(-1, ...this.#links.map(({ status }) => status.height ?? -1));
  }

  /** To all, or to one. Returns at once. @param lane votes and proposals overtake everything else */
  send(message: Readonly<Record<string, unknown>>, lane: LaneName, to?: string): void {
    const links = to === undefined ? this.#links : this.#links.filter(({ validator }) => validator === to);
    if (links.length === 0) return;
    const wire: WireText = toWire(message);
    for (const link of links) link.send(wire, lane);
  }

  /** Its blocks from this height on. @throws ServiceError when it does not answer, Error for a validator without an address */
  async blocksFrom(validator: string, height: number): Promise<CertifiedBlock<Block>[]> {
    const link = this.#links.find((known) => known.validator === validator);
    if (!link) throw new Error(`BLOCKCHAIN_PEERS does not say where ${validator} is reached`);
    const found = await link.blocksFrom(height);
    return found.flatMap(({ block, certificate }) => (certificate ? [{ block, certificate }] : []));
  }
}
