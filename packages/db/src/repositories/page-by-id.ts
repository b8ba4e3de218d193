import { identifier, type Sql, sql } from '../sql/statement.ts';
import { type CursorOrder, decodeCursor, encodeCursor, pageLimit } from './cursor.ts';
import type { Page, PageOptions } from './page.ts';

/** Where a page begins, and how it is ordered. */
export interface PagePart {
  /** True for the rows after the page before. */
  readonly where: Sql;
  readonly orderBy: Sql;
  readonly limit: number;
}

export interface PageByIdOptions<Item> {
  readonly page: PageOptions;
  /** The column of an id that is unique among the rows. */
  readonly column: string;
  /** Ids of runs and documents are in the order of their making: descending, the newest come first. */
  readonly isDescending?: boolean;
  readonly select: (part: PagePart) => Promise<readonly Item[]>;
  readonly idOf: (item: Item) => string;
}

/**
 * A keyset page in the order of an id.
 *
 * @example
 * pageById({
 *   page: { limit: 50 },
 *   column: 'document_id',
 *   idOf: (row) => row.documentId,
 *   select: ({ where, orderBy, limit }) =>
 *     db.all(sql`SELECT … WHERE run_id = ${runId} AND ${where} ORDER BY ${orderBy} LIMIT ${limit}`),
 * });
 *
 * @throws `db.invalid-cursor`, `db.invalid-limit`.
 */
export async function pageById<Item>(options: PageByIdOptions<Item>): Promise<Page<Item>> {
  const { page, column, isDescending = false, select, idOf } = options;
  const order: CursorOrder = { orderBy: column, isDescending, type: 'text', isNullable: false };
  const limit = pageLimit(page.limit);
  const id = identifier(column);
  const after = page.after === undefined ? undefined : decodeCursor(page.after, order).id;
  const rows = await select({
    where: after === undefined ? sql`true` : isDescending ? sql`${id} < ${after}` : sql`${id} > ${after}`,
    orderBy: isDescending ? sql`${id} DESC` : id,
    limit: limit + 1,
  });
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  if (rows.length <= limit || last === undefined) return { items };
  return { items, next: encodeCursor(order, { value: idOf(last), id: idOf(last) }) };
}
