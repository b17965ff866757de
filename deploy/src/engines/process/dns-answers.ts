/**
 * What the engine's name server answers, as a pure function of who is to be found.
 * Unknown names are NXDOMAIN; a known service with nobody ready is an empty NOERROR, so callers can tell the two apart.
 */
import type { Answer, Packet, Question } from 'dns-packet';

export interface FoundInstance {
  readonly id: string;
  /** Every name of a service that it is to be found by, beside its own id. */
  readonly names: ReadonlySet<string>;
  readonly host: string;
  readonly port: number;
}

export interface NameTable {
  /** Every name of a service there is, whether or not anybody is to be found by it. */
  readonly services: readonly string[];
  readonly found: readonly FoundInstance[];
}

/** One second, like the callers' own refresh: a drained instance must be forgotten quickly. */
export const TTL_SECONDS = 1;

const AUTHORITATIVE_ANSWER = 1 << 10; // RFC 1035, 4.1.1
const NXDOMAIN = 3;

export function answer(query: Packet, table: NameTable, rotation = 0): Packet {
  const question = query.questions?.[0];
  const reply: Packet = { type: 'response', id: query.id ?? 0, questions: query.questions ?? [] };
  const found = question ? lookup(question, table, rotation) : undefined;
  if (!found) return { ...reply, flags: AUTHORITATIVE_ANSWER | NXDOMAIN };
  return { ...reply, flags: AUTHORITATIVE_ANSWER, answers: found.answers, additionals: found.additionals };
}

interface Found {
  readonly answers: Answer[];
  readonly additionals: Answer[];
}

function lookup(question: Question, table: NameTable, rotation: number): Found | undefined {
  const name = question.name.toLowerCase();
  const a = (owner: string, host: string): Answer => ({
    type: 'A',
    name: owner,
    ttl: TTL_SECONDS,
    data: host,
  });

  const service = name.replace(/^_http\._tcp\./, '');
  if (service !== name) {
    if (!table.services.includes(service)) return undefined;
    if (question.type !== 'SRV') return { answers: [], additionals: [] };
    const found = rotate(
      table.found.filter(({ names }) => names.has(service)),
      rotation,
    );
    const answers = found.map(
      (instance): Answer => ({
        type: 'SRV',
        name: question.name,
        ttl: TTL_SECONDS,
        data: { priority: 0, weight: 1, port: instance.port, target: instance.id },
      }),
    );
    return { answers, additionals: found.map((instance) => a(instance.id, instance.host)) };
  }

  const found = rotate(
    table.found.filter(({ id, names }) => names.has(name) || id === name),
    rotation,
  );
  if (found.length === 0 && !table.services.includes(name)) return undefined;
  const answers = question.type === 'A' ? found.map((instance) => a(question.name, instance.host)) : [];
  return { answers, additionals: [] };
}

/** Starts the list elsewhere each time, so callers that take the first answer still spread. */
function rotate<T>(values: readonly T[], by: number): T[] {
  const start = values.length === 0 ? 0 : by % values.length;
  return [...values.slice(start), ...values.slice(0, start)];
}

const SMALLEST_UDP_BYTES = 512;
const LARGEST_UDP_BYTES = 4_096;

/** How long a UDP answer may be: what the query says it can take (EDNS0), within reason. */
export function udpLimitBytes(query: Packet): number {
  const option = query.additionals?.find((record) => record.type === 'OPT');
  const offered = option && 'udpPayloadSize' in option ? Number(option.udpPayloadSize) : SMALLEST_UDP_BYTES;
  return Math.min(LARGEST_UDP_BYTES, Math.max(SMALLEST_UDP_BYTES, offered));
}

const TRUNCATED_RESPONSE = 1 << 9;

/** The answer that says "ask again over TCP". */
export function truncated(reply: Packet): Packet {
  return { ...reply, answers: [], additionals: [], flags: (reply.flags ?? 0) | TRUNCATED_RESPONSE };
}
