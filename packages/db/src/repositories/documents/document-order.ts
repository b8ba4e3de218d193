import { dbErrors } from '../../errors.ts';
import { rawSql, type Sql } from '../../sql/statement.ts';
import type { CursorOrder } from '../cursor.ts';
import type { DocumentOrder } from '../document-repository.ts';

interface OrderColumn extends Pick<CursorOrder, 'type' | 'isNullable'> {
  readonly column: string;
}

const COLUMNS: Readonly<Record<DocumentOrder, OrderColumn>> = {
  id: { column: 'id', type: 'text', isNullable: false },
  uri: { column: 'uri_key', type: 'text', isNullable: false },
  domain: { column: 'domain', type: 'text', isNullable: false },
  title: { column: 'title', type: 'text', isNullable: true },
  length: { column: 'content_length', type: 'integer', isNullable: true },
  firstSeen: { column: 'first_seen_at', type: 'datetime', isNullable: false },
  lastSeen: { column: 'last_seen_at', type: 'datetime', isNullable: false },
  changed: { column: 'changed_at', type: 'datetime', isNullable: true },
};

/** An order of `documents d`: by a column and, where that is the same, by id in the same direction. */
export interface ListOrder extends CursorOrder {
  readonly column: Sql;
}

/** @throws `db.unknown-column`. */
export function documentOrder(orderBy: string, isDescending: boolean): ListOrder {
  if (!Object.hasOwn(COLUMNS, orderBy)) {
    throw dbErrors.create('unknown-column', { column: orderBy, known: Object.keys(COLUMNS) });
  }
  const { column, ...rest } = COLUMNS[orderBy as DocumentOrder];
  return { ...rest, orderBy, isDescending, column: rawSql(`d.${column}`) };
}
