import { cleanJson } from '@sheaf/core';
import { inTransaction } from '../../in-transaction.ts';
import type { DataScope } from '../../scope.ts';
import { sql } from '../../sql/statement.ts';
import type { ContentChange, ObservedContent, RecordContentOptions } from '../document-repository.ts';
import { contentChange } from './content-change.ts';
import { type LockedDocument, lockSurvivors } from './lock-documents.ts';
import { cleanTitle } from './register-documents.ts';
import { writeVersions } from './write-versions.ts';

interface RecordedContent {
  readonly documentId: string;
  readonly change: ContentChange;
  readonly version: number;
}

/** An observation with its place in the batch. */
interface Observation {
  readonly index: number;
  readonly observed: ObservedContent;
}

/** What one observation makes of one document. */
interface Outcome extends RecordedContent, Observation {
  readonly document: LockedDocument;
  readonly title: string | null;
}

/** What was observed of a merged document holds for the one that it was merged into. */
export async function recordContent(
  scope: DataScope,
  contents: readonly ObservedContent[],
  options: RecordContentOptions,
): Promise<readonly RecordedContent[]> {
  if (contents.length === 0) return [];
  return inTransaction(scope, async (inner) => {
    const documents = await lockSurvivors(
      inner,
      contents.map(({ documentId }) => documentId),
    );
    const current = new Map([...documents.values()].map((document) => [document.id, document]));
    const results: RecordedContent[] = [];
    for (const round of rounds(contents, documents)) {
      const outcomes = round.map((observation) => {
        const { id } = documents.get(observation.observed.documentId) as LockedDocument;
        return outcomeOf(observation, current.get(id) as LockedDocument);
      });
      await writeOutcomes(inner, outcomes, options);
      for (const outcome of outcomes) {
        const { index, documentId, change, version } = outcome;
        results[index] = { documentId, change, version };
        current.set(documentId, afterwards(outcome));
      }
    }
    return results;
  });
}

/** Usually one: a document that was observed several times has its observations noted one after the other. */
function rounds(
  contents: readonly ObservedContent[],
  documents: ReadonlyMap<string, LockedDocument>,
): readonly (readonly Observation[])[] {
  const counts = new Map<string, number>();
  const found: Observation[][] = [];
  contents.forEach((observed, index) => {
    const { id } = documents.get(observed.documentId) as LockedDocument;
    const place = counts.get(id) ?? 0;
    counts.set(id, place + 1);
    const round = found[place] ?? [];
    round.push({ index, observed });
    found[place] = round;
  });
  return found;
}

function outcomeOf({ index, observed }: Observation, document: LockedDocument): Outcome {
  const change = contentChange(document, observed);
  const version = change === 'unchanged' ? document.version : document.version + 1;
  return { index, observed, document, documentId: document.id, change, version, title: cleanTitle(observed.title) };
}

function afterwards({ observed, document, change, version, title }: Outcome): LockedDocument {
  const isSame = change === 'unchanged';
  return {
    ...document,
    version,
    bytesHash: isSame ? document.bytesHash : observed.bytesHash,
    textHash: isSame ? document.textHash : observed.textHash,
    title: title ?? document.title,
    isGone: false,
  };
}

async function writeOutcomes(
  scope: DataScope,
  outcomes: readonly Outcome[],
  options: RecordContentOptions,
): Promise<void> {
  const versions = outcomes.flatMap(({ observed, documentId, change, version, title }) => {
    if (change === 'unchanged') return [];
    const { bytesHash, textHash, mimeType, size, meta } = observed;
    const cleanMeta = meta == null ? null : cleanJson(meta);
    return [{ documentId, version, action: change, bytesHash, textHash, mimeType, size, meta: cleanMeta, title }];
  });
  await writeVersions(scope, versions, options);
  await confirm(
    scope,
    outcomes.filter(
      ({ change, document, title }) =>
        change === 'unchanged' && (document.isGone || (title !== null && title !== document.title)),
    ),
  );
}

/** The text is as it was, but the document is there again or has another title. Other bytes make no version. */
async function confirm({ sql: db, workspace }: DataScope, outcomes: readonly Outcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  const rows = db.dialect.records(
    { id: 'text', title: 'text' },
    outcomes.map(({ documentId, title }) => [documentId, title]),
  );
  await db.execute(sql`
    UPDATE documents SET title = coalesce(r.title, documents.title), gone_at = NULL
    FROM ${rows} AS r
    WHERE documents.workspace_id = ${workspace.id} AND documents.id = r.id`);
}
