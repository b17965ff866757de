import { counter, defineMetrics, gauge, histogram } from '@lucid/metrics';

export const metrics = defineMetrics({
  mongodb_commands_total: counter({ help: 'Commands answered.', labels: ['command', 'outcome'] }),
  mongodb_command_duration_seconds: histogram({
    help: 'From the arrival of a command to its answer, waiting for the disk included.',
    labels: ['command'],
    buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5],
  }),
  mongodb_connections: gauge({ help: 'Clients connected.' }),
  mongodb_cursors_open: gauge({ help: 'Cursors with something left to read.' }),
  mongodb_documents_scanned_total: counter({ help: 'Documents looked at to answer commands.' }),
  mongodb_documents_expired_total: counter({ help: 'Documents removed by TTL indexes.' }),
  mongodb_malformed_messages_total: counter({ help: 'Connections cut off for what they sent.' }),
});
