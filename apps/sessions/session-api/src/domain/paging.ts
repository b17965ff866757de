import { commonErrors } from '@lucid/errors';

export interface Slice {
  skip: number;
  limit: number;
  /** The page the slice begins in. */
  page: number;
}

/** Lists go on by `page` or by `offset`. @throws INVALID_DATA for both at once */
export function sliceOf(
  query: { page?: number; offset?: number; limit?: number },
  defaultLimit: number,
): Slice {
  const { page, offset, limit = defaultLimit } = query;
  if (page !== undefined && offset !== undefined)
    throw commonErrors.INVALID_DATA({ message: 'Give page or offset, not both.' });
  if (offset !== undefined) return { skip: offset, limit, page: Math.floor(offset / limit) + 1 };
  return { skip: ((page ?? 1) - 1) * limit, limit, page: page ?? 1 };
}
