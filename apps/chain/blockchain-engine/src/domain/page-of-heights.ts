interface Heights {
  from: number;
  to: number;
}

/** Which heights a page shows. Heights have no gaps, so pages are arithmetic, however long the chain. */
export function pageOfHeights(
  { from, to }: Heights,
  { page, limit, order }: { page: number; limit: number; order: 'ascending' | 'descending' },
): { range?: Heights; total: number } {
  const total = Math.max(0, to - from + 1);
  const skipped = (page - 1) * limit;
  if (skipped >= total) return { total };
  const range =
    order === 'ascending'
      ? { from: from + skipped, to: Math.min(to, from + skipped + limit - 1) }
      : { from: Math.max(from, to - skipped - limit + 1), to: to - skipped };
  return { range, total };
}
