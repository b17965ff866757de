import type { SessionListQuery, SessionSort } from '@lucid/contracts';
import type { Filter, Sort } from 'mongodb';
import type { SessionDocument } from '../domain/session-document.ts';

/** One page of a list of sessions. */
export interface Listing extends Pick<SessionListQuery, 'status' | 'project' | 'environment' | 'tags'> {
  /** Whose; everybody's when left out. */
  userId: string | undefined;
  sort: SessionSort;
  skip: number;
  limit: number;
}

/** Deleted sessions are listed only when they are asked for. */
export function listFilter(listing: Listing): Filter<SessionDocument> {
  const { userId, status, project, environment, tags } = listing;
  const wanted = (tags ?? '')
    .split(',')
    .map((tag) => tag.trim())
    .filter(Boolean);
  return {
    ...(userId === undefined ? {} : { user_id: userId }),
    status: status ?? { $ne: 'deleted' },
    ...(project === undefined ? {} : { 'metadata.project': project }),
    ...(environment === undefined ? {} : { 'metadata.environment': environment }),
    ...(wanted.length === 0 ? {} : { 'metadata.tags': { $all: wanted } }),
  };
}

/** The id settles ties, so that no page repeats or leaves out anything. */
export function sortKey(sort: SessionSort): Sort {
  const direction = sort.startsWith('-') ? -1 : 1;
  const name = sort.replace('-', '');
  return { [name === 'size_bytes' ? 'statistics.size_bytes' : name]: direction, _id: direction };
}
