import { dbErrors } from '../errors.ts';
import type { Page } from './page.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/** Where a page ended: the value that its last row is ordered by, and the row's id. */
export interface CursorPosition {
  readonly value: string | number | Date | null;
  readonly id: string;
}

/** The order that a cursor belongs to; a cursor of another order is refused. */
export interface CursorOrder {
  readonly orderBy: string;
  readonly isDescending: boolean;
  readonly type: 'text' | 'integer' | 'datetime';
  readonly isNullable: boolean;
}

export function encodeCursor({ orderBy, isDescending }: CursorOrder, { value, id }: CursorPosition): string {
  return Buffer.from(JSON.stringify([orderBy, isDescending ? 'desc' : 'asc', value, id])).toString('base64url');
}

/** @throws `db.invalid-cursor` for what `encodeCursor` did not make, or made for another order. */
export function decodeCursor(cursor: string, order: CursorOrder): CursorPosition {
  const refuse = (reason: string) => dbErrors.create('invalid-cursor', { reason });
  const parts = parse(cursor);
  if (!Array.isArray(parts) || parts.length !== 4) throw refuse('it is not one that a page gave.');
  const [orderBy, direction, value, id] = parts as readonly unknown[];
  if (orderBy !== order.orderBy || direction !== (order.isDescending ? 'desc' : 'asc')) {
    throw refuse(`it belongs to the order ${JSON.stringify(orderBy)} ${JSON.stringify(direction)}.`);
  }
  if (!isText(id)) throw refuse('its id is not text.');
  if (value === null) {
    if (!order.isNullable) throw refuse('its value is missing.');
    return { value, id };
  }
  if (order.type === 'integer') {
    if (!Number.isSafeInteger(value)) throw refuse('its value is not a whole number.');
    return { value: value as number, id };
  }
  if (!isText(value)) throw refuse('its value is not text.');
  if (order.type === 'text') return { value, id };
  const time = new Date(value);
  if (Number.isNaN(time.getTime())) throw refuse('its value is not a time.');
  return { value: time, id };
}

/** The number of items of a page. @throws `db.invalid-limit` unless it is a whole number from 1 to 1,000. */
export function pageLimit(limit: number = DEFAULT_LIMIT): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw dbErrors.create('invalid-limit', { limit, maximum: MAX_LIMIT });
  }
  return limit;
}

export interface ToPageOptions<Row, Item> {
  /** One more than `limit` where there are further ones. */
  readonly rows: readonly Row[];
  readonly limit: number;
  readonly toItem: (row: Row) => Item;
  readonly toCursor: (row: Row) => string;
}

export function toPage<Row, Item>({ rows, limit, toItem, toCursor }: ToPageOptions<Row, Item>): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const items = shown.map(toItem);
  return rows.length > limit && last !== undefined ? { items, next: toCursor(last) } : { items };
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Text that both databases take as a value. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0') && value.isWellFormed();
}
