import { contentHash } from '@sheaf/core';
import { documentUri } from '../repositories/documents/document-uri.ts';
import { sql } from '../sql/statement.ts';
import { derivedColumns } from './derived-columns.ts';
import { type Invariant, mendBy } from './invariant.ts';
import { knownWords } from './known-words.ts';

/** The URI is an identity: a person decides which of two is meant. */
const IDENTITY_ADVICE = 'Another program wrote it: register the URI again with `sheaf fetch <url>`.';

export const documentInvariants: readonly Invariant[] = [
  {
    id: 'documents.current-version',
    summary: 'A document says of its content what its newest version says; without versions it says nothing.',
    advice: 'Run `sheaf doctor --fix`.',
    find: () => sql`
      SELECT d.workspace_id, d.id AS subject, 'says version ' || d.version AS detail FROM documents d
      LEFT JOIN document_versions v
        ON v.workspace_id = d.workspace_id AND v.document_id = d.id AND v.version = d.version
      WHERE coalesce(v.version, 0) <> d.version OR v.bytes_hash IS DISTINCT FROM d.bytes_hash
        OR v.text_hash IS DISTINCT FROM d.text_hash OR v.mime_type IS DISTINCT FROM d.mime_type
        OR v.size IS DISTINCT FROM d.content_length
      UNION
      SELECT d.workspace_id, d.id, 'says version ' || d.version FROM document_versions v
      JOIN documents d ON d.workspace_id = v.workspace_id AND d.id = v.document_id
      WHERE v.version > d.version`,
    mend: mendBy('takes it over from the newest version', ({ found }) => [
      sql`
        UPDATE documents SET version = n.version, bytes_hash = n.bytes_hash, text_hash = n.text_hash,
          mime_type = n.mime_type, content_length = n.size, changed_at = n.created_at
        FROM (
          SELECT f.workspace_id, f.subject, coalesce(v.version, 0) AS version, v.bytes_hash, v.text_hash, v.mime_type,
            v.size, v.created_at
          FROM ${found} AS f
          LEFT JOIN document_versions v
            ON v.workspace_id = f.workspace_id AND v.document_id = f.subject AND v.version = (
              SELECT max(x.version) FROM document_versions x
              WHERE x.workspace_id = f.workspace_id AND x.document_id = f.subject
            )
        ) AS n
        WHERE documents.workspace_id = n.workspace_id AND documents.id = n.subject`,
    ]),
  },
  {
    id: 'documents.gone',
    summary: 'A document that is gone holds no content: its newest version is a deleted one.',
    advice: 'Fetch the document: `sheaf fetch <id> --refetch` finds out whether it is there.',
    find: () => sql`
      SELECT d.workspace_id, d.id AS subject, 'gone since ' || d.gone_at || ' with version ' || d.version AS detail
      FROM documents d
      WHERE d.gone_at IS NOT NULL AND d.merged_into_id IS NULL AND d.bytes_hash IS NOT NULL`,
  },
  {
    id: 'documents.sightings',
    summary: 'A document was first seen before, or when, it was last seen.',
    advice: 'Another program wrote it: correct the row with SQL.',
    find: () => sql`
      SELECT workspace_id, id AS subject, first_seen_at || ' > ' || last_seen_at AS detail FROM documents
      WHERE first_seen_at > last_seen_at`,
  },
  {
    id: 'documents.canonical-uri',
    summary: 'A document has its canonical URI, and no second one, among the URIs that lead to it.',
    advice: 'Run `sheaf doctor --fix`; where the URI leads to another document, decide which one is meant.',
    find: () => sql`
      SELECT d.workspace_id, d.id AS subject, 'no URI ' || d.uri_key AS detail FROM documents d
      LEFT JOIN document_uris u ON u.workspace_id = d.workspace_id AND u.uri_hash = d.uri_hash
      WHERE d.merged_into_id IS NULL
        AND (u.document_id IS NULL OR u.document_id <> d.id OR u.kind <> 'canonical' OR u.uri <> d.uri)
      UNION ALL
      SELECT u.workspace_id, d.id, 'another canonical URI ' || u.uri FROM document_uris u
      JOIN documents d ON d.workspace_id = u.workspace_id AND d.id = u.document_id
      WHERE u.kind = 'canonical' AND u.uri_hash <> d.uri_hash AND d.merged_into_id IS NULL`,
    mend: mendBy('adds the URI where it leads nowhere, and makes other canonical ones aliases', ({ found, now }) => [
      sql`
        INSERT INTO document_uris (workspace_id, uri_hash, uri, document_id, kind, created_at)
        SELECT d.workspace_id, d.uri_hash, d.uri, d.id, 'canonical', ${now} FROM ${found} AS f
        JOIN documents d ON d.workspace_id = f.workspace_id AND d.id = f.subject WHERE true
        ON CONFLICT (workspace_id, uri_hash) DO UPDATE SET kind = 'canonical', uri = excluded.uri
        WHERE document_uris.document_id = excluded.document_id`,
      sql`
        UPDATE document_uris SET kind = 'redirect'
        FROM (
          SELECT DISTINCT d.workspace_id AS of_workspace_id, d.id AS of_id, d.uri_hash AS own_hash FROM ${found} AS f
          JOIN documents d ON d.workspace_id = f.workspace_id AND d.id = f.subject
        ) AS o
        WHERE document_uris.workspace_id = of_workspace_id AND document_uris.document_id = of_id
          AND document_uris.kind = 'canonical' AND document_uris.uri_hash <> own_hash`,
    ]),
  },
  derivedColumns({
    id: 'documents.derived-columns',
    summary: 'The hash, the key and the domain of a document are those of its URI; merged, it gave the hash up.',
    advice: IDENTITY_ADVICE,
    table: 'documents',
    key: ['workspace_id', 'id'],
    columns: ['uri', 'uri_hash', 'uri_key', 'domain', 'merged_into_id'],
    subject: 'id',
    judge(row) {
      const { hash, key, domain } = documentUri(row.uri as string);
      const expected = row.merged_into_id === null ? hash : contentHash(row.id as string);
      if (row.uri_hash !== expected) return `uri_hash is ${row.uri_hash}, not ${expected}`;
      if (row.uri_key !== key) return `uri_key is ${row.uri_key}`;
      return row.domain === domain ? undefined : `domain is ${row.domain}, not ${domain}`;
    },
  }),
  derivedColumns({
    id: 'documents.uri-hash',
    summary: 'A URI is filed under its own hash.',
    advice: IDENTITY_ADVICE,
    table: 'document_uris',
    key: ['workspace_id', 'uri_hash'],
    columns: ['uri', 'document_id'],
    subject: 'document_id',
    judge: ({ uri, uri_hash }) => (contentHash(uri as string) === uri_hash ? undefined : `${uri} under ${uri_hash}`),
  }),
  knownWords({
    id: 'documents.uri-kind',
    table: 'document_uris',
    column: 'kind',
    words: ['canonical', 'redirect', 'rel-canonical'],
    subject: sql`uri`,
  }),
];
