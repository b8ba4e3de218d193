import { createHash } from 'node:crypto';
import { clients } from '@sheaf/client';
import { connect, type Row, rawSql } from '@sheaf/db';

/** What a database holds, to compare it with another. */
export interface RegisteredRows {
  readonly counts: Readonly<Record<string, number>>;
  /** Of all rows; the ids of documents, which are made anew each time, are replaced by the hashes of their URIs. */
  readonly digest: string;
}

/** The tables that registering writes, each with what orders the rows of one document. */
const TABLES: readonly (readonly [table: string, order: string])[] = [
  ['documents', 't.uri_hash'],
  ['document_uris', 't.uri_hash'],
  ['document_sources', 't.source_id'],
  ['map_results', 't.run_id'],
  ['document_stages', 't.stage'],
];

/** Reads whole tables into memory: for some 100,000 documents. */
export async function readRegisteredRows(url: string): Promise<RegisteredRows> {
  const connection = await connect({ url, clients });
  try {
    const hash = createHash('sha256');
    const counts: Record<string, number> = {};
    for (const [table, order] of TABLES) {
      const documentId = table === 'documents' ? 'id' : 'document_id';
      const rows = await connection.sql.all(
        rawSql(`SELECT t.*, d.uri_hash AS document FROM ${table} t
          JOIN documents d ON d.workspace_id = t.workspace_id AND d.id = t.${documentId}
          ORDER BY d.uri_hash, ${order}`),
      );
      counts[table] = rows.length;
      for (const { [documentId]: _, ...row } of rows) hash.update(stableText(row));
    }
    return { counts, digest: hash.digest('hex') };
  } finally {
    await connection.close();
  }
}

function stableText(row: Row): string {
  return JSON.stringify(Object.entries(row).sort(([one], [other]) => (one < other ? -1 : 1)));
}
