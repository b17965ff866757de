// What kubectl says of a cluster on which the tiny system runs.
import type { Answer } from './fake-clients.ts';

export const SERVICES = ['lucid-tiny-store', 'lucid-tiny-left', 'lucid-tiny-right', 'lucid-tiny-door'];

export const pod = (service: string, at: number) => ({
  metadata: {
    name: service.endsWith('store') ? `${service}-${at}` : `${service}-abc-${at}`,
    creationTimestamp: `2026-01-01T00:00:0${at}Z`,
    labels: { 'app.kubernetes.io/name': service },
  },
  spec: {},
  status: { phase: 'Running', podIP: `10.0.0.${at}`, conditions: [{ type: 'Ready', status: 'True' }] },
});

/** @param counts pods of services that have not one @param more answers that go before the usual ones */
export function cluster(
  counts: Readonly<Record<string, number>> = {},
  more: readonly Answer[] = [],
): Answer[] {
  const items = SERVICES.flatMap((name) =>
    Array.from({ length: counts[name] ?? 1 }, (_, at) => pod(name, at)),
  );
  return [
    ...more,
    [`version*`, '{"serverVersion":{"minor":"34"}}'],
    [`'get pods '*`, JSON.stringify({ items })],
    [`'apply '*`, ''],
    [`'get deployments,statefulsets '*output=name`, 'deployment.apps/lucid-tiny-left\n'],
    [`'get deployments,statefulsets,jobs,'*`, '{"items":[]}'],
    [`'set image '*`, ''],
    [`'rollout '*`, ''],
  ];
}
