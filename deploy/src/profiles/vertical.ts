import { production } from './production.ts';
import type { Profile } from './profile.ts';

const GIB = 1024;

/** The scaling guide's large machines: one of each, with more of everything. */
export const vertical: Profile = {
  ...production,
  name: 'vertical',
  description: 'one of each service, each as large as the scaling guide makes it',
  services: {
    'lucid-api-gateway': {
      env: { WORKER_PROCESSES: '4', WORKER_CONNECTIONS: '1024' },
      resources: large(2, 4, 1, 1),
    },
    'lucid-blockchain-engine': {
      env: { CONSENSUS_WORKERS: '4', BLOCK_PROCESSING_THREADS: '8' },
      resources: large(4, 8, 2, 2),
    },
    'lucid-session-recorder': {
      env: { RECORDING_THREADS: '8', CHUNK_SIZE_MB: '10' },
      resources: large(2, 4, 1, 1),
    },
    'lucid-mongodb': {
      resources: large(4, 16, 2, 4),
      arguments: { '--wiredTigerCacheSizeGB': '8' },
    },
    'lucid-redis': { resources: large(2, 4, 1, 1), arguments: { '--maxmemory': '3gb' } },
    'lucid-elasticsearch': { resources: large(2, 8, 1, 2), env: { ES_JAVA_OPTS: '-Xms4g -Xmx4g' } },
  },
};

/** Processors and GiB: at most, and kept free. */
function large(cpus: number, memoryGiB: number, reservedCpus: number, reservedGiB: number) {
  return {
    limits: { cpus, memoryMiB: memoryGiB * GIB },
    reservations: { cpus: reservedCpus, memoryMiB: reservedGiB * GIB },
  };
}
