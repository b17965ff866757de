import type { SlotRange } from './slots.ts';

/** One line of `CLUSTER NODES`: a node as another one (or it itself) knows it. */
export interface NodeView {
  readonly id: string;
  /** Empty for a node that has not learnt its own address yet. */
  readonly ip: string;
  readonly port: number;
  readonly busPort: number;
  readonly isMyself: boolean;
  readonly isMaster: boolean;
  /** Being introduced: the id is a random one that will go away. */
  readonly isHandshake: boolean;
  /** Suspected or declared dead, or without a known address. */
  readonly isFailing: boolean;
  readonly masterId: string | undefined;
  readonly isConnected: boolean;
  readonly slots: readonly SlotRange[];
}

const NO_MASTER = '-';

/**
 * Reads the answer of `CLUSTER NODES` of Redis 4 to 8: `<id> <ip:port@bus[,host[,key=value…]]> <flags> <master> <ping>
 * <pong> <epoch> <link> <slot>…`. Slots in brackets are on the move and belong to the node that lists them without.
 */
export function parseClusterNodes(text: string): NodeView[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [id = '', address = '', flagText = '', master = NO_MASTER, , , , link = '', ...slots] = line
        .trim()
        .split(' ');
      const [, ip = '', port = '0', bus = '0'] = /^(.*):(\d+)@(\d+)/.exec(address) ?? [];
      const flags = new Set(flagText.split(','));
      return {
        id,
        ip,
        port: Number(port),
        busPort: Number(bus),
        isMyself: flags.has('myself'),
        isMaster: flags.has('master'),
        isHandshake: flags.has('handshake'),
        isFailing: flags.has('fail') || flags.has('fail?') || flags.has('noaddr'),
        masterId: master === NO_MASTER ? undefined : master,
        isConnected: link === 'connected' || flags.has('myself'),
        slots: slots.filter((slot) => !slot.startsWith('[')).map(slotRange),
      };
    });
}

function slotRange(text: string): SlotRange {
  const [first = '', last = first] = text.split('-');
  return { first: Number(first), last: Number(last) };
}
