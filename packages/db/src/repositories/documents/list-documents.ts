import { cleanText } from '@sheaf/core';
import type { DataScope } from '../../scope.ts';
import type { Row } from '../../sql/executor.ts';
import { prepared, rawSql, sql } from '../../sql/statement.ts';
import { toPage } from '../cursor.ts';
import type { DocumentFilter, DocumentIdentity, DocumentQuery, DocumentView } from '../document-repository.ts';
import type { Page, PageOptions } from '../page.ts';
import { selectDocuments } from './document-selection.ts';
import { uriHash } from './document-uri.ts';
import { createViewReader } from './document-view.ts';

type OrderedRow = Row & { readonly id: string; readonly order_value: string | number | Date | null };

export async function pageOfDocuments(scope: DataScope, query: DocumentQuery): Promise<Page<DocumentView>> {
  const { rows, value, limit, cursorOf } = selectDocuments(scope, query);
  const { columns, joins, read } = createViewReader(scope.registry);
  return toPage({
    rows: await scope.sql.all<OrderedRow>(sql`SELECT ${columns}, ${value} AS order_value ${rows(joins)}`),
    limit,
    toItem: read,
    toCursor: ({ id, order_value }) => cursorOf({ id, value: order_value }),
  });
}

export async function pageOfIdentities(
  scope: DataScope,
  query: DocumentFilter & PageOptions,
): Promise<Page<DocumentIdentity>> {
  const { rows, limit, cursorOf } = selectDocuments(scope, { ...query, orderBy: 'id', descending: false });
  return toPage({
    rows: await scope.sql.all<DocumentIdentity>(sql`SELECT d.id, d.uri ${rows(rawSql(''))}`),
    limit,
    toItem: (row) => row,
    toCursor: ({ id }) => cursorOf({ id, value: id }),
  });
}

export async function findDocument(scope: DataScope, idOrUri: string): Promise<DocumentView | undefined> {
  const { workspace } = scope;
  const { columns, joins, read } = createViewReader(scope.registry);
  const lookup = sql`
    SELECT ${columns}
    FROM documents d
    ${joins}
    WHERE d.workspace_id = ${workspace.id} AND d.id IN (
      SELECT coalesce(i.merged_into_id, i.id) FROM documents i
      WHERE i.workspace_id = ${workspace.id} AND i.id = ${cleanText(idOrUri)}
      UNION ALL
      SELECT u.document_id FROM document_uris u
      WHERE u.workspace_id = ${workspace.id} AND u.uri_hash = ${uriHash(idOrUri)}
    )
    LIMIT 1`;
  const rows = await scope.sql.all(prepared(lookup));
  return rows[0] && read(rows[0]);
}
