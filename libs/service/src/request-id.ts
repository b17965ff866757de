import type { Random } from '@lucid/clock';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The caller's request id when it is a UUID, else a new one: nothing else gets into the logs. */
export function requestIdFrom(header: string | string[] | undefined, random: Random): string {
  return typeof header === 'string' && UUID.test(header) ? header.toLowerCase() : random.uuid();
}
