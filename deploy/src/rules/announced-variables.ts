/** Variables of the guides that the model hands out before their service reads them. Shown as notices, never silently. */
export interface AnnouncedVariable {
  readonly service: string;
  readonly variable: string;
  /** What does it today, if anything does. */
  readonly today: string;
}

export const announcedVariables: readonly AnnouncedVariable[] = [
  // Scaling guide, "CPU scaling": one process per container, so the count of processes is the count of replicas.
  { service: 'lucid-api-gateway', variable: 'WORKER_PROCESSES', today: 'one process; replicas do it' },
  { service: 'lucid-api-gateway', variable: 'WORKER_CONNECTIONS', today: 'limited by open files alone' },
  { service: 'lucid-session-recorder', variable: 'RECORDING_THREADS', today: 'MAX_CONCURRENT_RECORDINGS' },
  // Deployment guide, authentication: second factors are not written yet.
  { service: 'lucid-auth-service', variable: 'MFA_SECRET', today: 'nothing: there is no second factor yet' },
  // The model draws this edge for routes that are to come; until then the pipeline lets in a caller that never calls.
  { service: 'lucid-api-gateway', variable: 'SESSION_PIPELINE_URL', today: 'no route leads to the pipeline' },
];
