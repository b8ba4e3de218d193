import { contentHash } from '@sheaf/core';
import { SOURCE_KINDS } from '../repositories/source-repository.ts';
import { sql } from '../sql/statement.ts';
import { derivedColumns } from './derived-columns.ts';
import type { Invariant } from './invariant.ts';
import { knownWords } from './known-words.ts';

const ADVICE = 'Another program wrote it: correct the row with SQL.';

/** Sources, what they name, and the batches that came from them. */
export const sourceInvariants: readonly Invariant[] = [
  derivedColumns({
    id: 'sources.uri-hash',
    summary: 'A source is filed under the hash of its URI.',
    advice: ADVICE,
    table: 'sources',
    key: ['workspace_id', 'id'],
    columns: ['uri', 'uri_hash'],
    subject: 'id',
    judge: ({ uri, uri_hash }) => (contentHash(uri as string) === uri_hash ? undefined : `${uri} under ${uri_hash}`),
  }),
  knownWords({ id: 'sources.kind', table: 'sources', column: 'kind', words: SOURCE_KINDS, subject: sql`id` }),
  {
    id: 'sources.sightings',
    summary: 'A source named a document first before, or when, it named it last.',
    advice: ADVICE,
    find: () => sql`
      SELECT workspace_id, document_id AS subject, first_seen_at || ' > ' || last_seen_at AS detail
      FROM document_sources WHERE first_seen_at > last_seen_at`,
  },
  {
    id: 'batches.times',
    summary: 'A batch ended after it began.',
    advice: ADVICE,
    find: () => sql`
      SELECT workspace_id, id AS subject, started_at || ' > ' || ended_at AS detail FROM batches
      WHERE ended_at < started_at`,
  },
];
