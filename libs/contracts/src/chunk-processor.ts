import { contract } from './endpoint.ts';
import { Count, OneOf, Strict } from './schemas.ts';

export const chunkProcessor = contract('lucid-chunk-processor', 'Chunk processor', {
  processingStatus: {
    method: 'GET',
    path: '/api/v1/processing/status',
    summary: 'Counters of this processor.',
    access: 'open',
    replies: {
      200: Strict({
        status: OneOf(['ready', 'busy', 'draining']),
        workers: Count,
        busy_workers: Count,
        queue_depth: Count,
        processed_total: Count,
        failed_total: Count,
      }),
    },
  },
});
