/** Profile `scale`, made so small that three nodes fit on two processors. Everything else is the profile's. */
export const PROFILE = 'scale';

/** Nothing is to be had from a registry: what stands for it in the lab. */
export const LAB_IMAGES = { HAPROXY_IMAGE: 'lucid-lab/haproxy:2.6' } as const;

export const REPLICAS = {
  'api-gateway': 3,
  'session-recorder': 3,
  'chunk-processor': 3,
  'session-pipeline': 2,
  'session-api': 2,
  'auth-service': 2,
} as const;

/** Every service of ours in it, by the name of its image. */
export const APPS = [
  'api-gateway',
  'auth-service',
  'blockchain-engine',
  'chunk-processor',
  'embedded-mongodb',
  'session-anchoring',
  'session-api',
  'session-keys',
  'session-pipeline',
  'session-recorder',
  'session-storage',
] as const;

/** What is given to `--set`. A door on every node, data on the first one. */
export const OVERRIDES: readonly string[] = [
  'data.mongodb=embedded',
  'data.redis=none',
  'data.elasticsearch=none',
  'edge=haproxy',
  'edge.replicas=3',
  'mesh=false',
  'monitoring=false',
  ...Object.entries(REPLICAS).map(([service, count]) => `${service}.replicas=${count}`),
  // Three nodes of two processors are told that each has them alone.
  '*.reservations.cpus=0.02',
  '*.reservations.memory=32',
  // A probe is a process: twenty of them at once are work for two processors.
  '*.probe.interval=10',
  '*.probe.timeout=10',
  '*.probe.start-period=60',
  // A machine that has other things to do answers late; that is no reason to end what works.
  '*.probe.retries=12',
  'edge.probe.command=wget -q -O /dev/null http://127.0.0.1:8405/health',
  // Two clients that never rest are more than one person.
  'api-gateway.env.RATE_LIMIT_PUBLIC_REQ_PER_MIN=100000',
  'api-gateway.env.RATE_LIMIT_AUTH_REQ_PER_MIN=100000',
  'session-api.env.RATE_LIMIT_ENABLED=false',
  'session-api.env.MAX_CONCURRENT_SESSIONS_PER_USER=100',
  // What a dead instance was working on is free after its lease: seconds, so that the test need not wait for half a minute.
  'session-recorder.env.OWNER_LEASE_SECONDS=10',
  'chunk-processor.env.CHUNK_LEASE_SECONDS=10',
  'blockchain-engine.env.BLOCK_TIME_SECONDS=2',
  // Minutes between two replicas are for real traffic.
  '*.update.delay=1',
  '*.update.monitor=2',
];
