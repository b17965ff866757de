import type { SessionEvent } from '@lucid/contracts';
import { mib } from './output.ts';

/** One line of a live feed, as a person reads it. */
export function describeEvent(event: SessionEvent): string {
  const time = event.at.slice(11, 19);
  return `${time}  ${tell(event)}`;
}

function tell(event: SessionEvent): string {
  switch (event.type) {
    case 'snapshot': {
      const { name, status, statistics } = event.session;
      return `${name}: ${status}, ${mib(statistics.size_bytes)} in ${statistics.chunks_count} chunks`;
    }
    case 'status':
      return [event.status, event.stop_reason && `(${event.stop_reason})`, event.error]
        .filter(Boolean)
        .join(' ');
    case 'statistics':
      return `${mib(event.statistics.size_bytes)} recorded, ${event.statistics.chunks_count} chunks`;
    case 'chunks_stored':
      return `${event.chunks_stored} chunks stored, ${mib(event.stored_bytes)}`;
    case 'checkpoint':
      return `checkpoint ${event.live_anchoring?.sequence} over ${event.live_anchoring?.chunk_count} chunks`;
    case 'anchoring':
      return event.anchor?.block_height === undefined
        ? `anchoring ${event.anchoring_status}`
        : `anchoring ${event.anchoring_status} in block ${event.anchor.block_height}`;
    case 'end':
      return `ended: ${event.status}`;
  }
}
