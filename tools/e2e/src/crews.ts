import type { InstanceStatus } from '@lucid/deploy';
import { metricOf } from './instance-metrics.ts';

/** Instances of one kind that share their work. */
export interface Crew {
  service: string;
  replicas: number;
  /** Counts what an instance has done since it was started. */
  work: string;
  /** Above 0 while an instance is at work. */
  atWork: string;
}

/** As many as the scaling guide has (`deploy/src/profiles/scale.ts`). */
export const CREWS: readonly Crew[] = [
  {
    service: 'session-pipeline',
    replicas: 5,
    work: 'pipeline_stage_duration_seconds_count',
    atWork: 'pipeline_stage_duration_seconds_count', // its steps are too short to be caught at: it has begun
  },
  {
    service: 'session-recorder',
    replicas: 3,
    work: 'recorder_bytes_total',
    atWork: 'recorder_active_recordings',
  },
  {
    service: 'chunk-processor',
    replicas: 10,
    work: 'processor_plain_bytes_total',
    atWork: 'processor_workers_busy',
  },
];

/** @returns instances of which the metric is above 0, by id */
export async function whereAbove0(
  instances: readonly InstanceStatus[],
  metric: string,
): Promise<ReadonlyMap<string, number>> {
  const values = await Promise.all(
    instances.map(async (instance) => [instance.id, await metricOf(instance, metric)] as const),
  );
  return new Map(values.filter(([, value]) => value > 0));
}
