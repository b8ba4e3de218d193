const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

/** The number of items of a page: 100 by default, from 1 to 1,000. */
export function pageLimit(limit: number | undefined): number {
  return Math.min(Math.max(Math.trunc(limit ?? DEFAULT_LIMIT), 1), MAX_LIMIT);
}
