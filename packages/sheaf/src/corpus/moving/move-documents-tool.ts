import { type Display, defineTool, type Tool } from '@sheaf/core';
import type { DataRepositories, DocumentFilter, DocumentMove } from '@sheaf/db';
import { z } from 'zod';
import type { CorpusContext } from '../corpus-context.ts';
import { type DocumentFilterShape, documentFilterOf, documentFilterShape } from '../document-filter-input.ts';
import { corpusErrors } from '../errors.ts';

const input: z.ZodObject<
  {
    to: z.ZodString;
    dryRun: z.ZodDefault<z.ZodBoolean>;
    yes: z.ZodDefault<z.ZodBoolean>;
  } & DocumentFilterShape
> = z.object({
  to: z.string().min(1).describe('The workspace that they go to'),
  ...documentFilterShape,
  dryRun: z.boolean().default(false).describe('Show what would be moved, and move nothing'),
  yes: z.boolean().default(false).describe('Confirm: without it, and without a dry run, nothing is moved'),
});

export interface MoveDocumentsOutput extends DocumentMove {
  readonly from: string;
  readonly to: string;
  readonly isDryRun: boolean;
}

const counts = z.record(z.string(), z.int());

const output: z.ZodType<MoveDocumentsOutput> = z.object({
  from: z.string(),
  to: z.string(),
  isDryRun: z.boolean(),
  documents: z.int(),
  moved: counts,
  copied: counts,
  dropped: counts,
  changed: counts,
});

export const moveDocumentsTool: Tool<typeof input, MoveDocumentsOutput, CorpusContext> = defineTool({
  summary: 'Move documents with their whole history to another workspace',
  effect: 'write',
  command: 'move documents',
  input,
  output,
  examples: [
    { input: { to: 'acme', domain: 'docs.example.com', dryRun: true }, summary: 'See what would move' },
    { input: { to: 'acme', include: ['*/guide/*'], yes: true }, summary: 'Move one part of a site' },
  ],
  display,
  async run({ needs: { data }, workspace, actor }: CorpusContext, { to, dryRun, yes, ...query }) {
    const documents = await idsOf(data, documentFilterOf(query));
    if (!dryRun && !yes && documents.length > 0) {
      throw corpusErrors.create('move-not-confirmed', { count: documents.length, from: workspace.slug, to });
    }
    const done = await data.workspaces.moveDocuments({ from: workspace.slug, to, documents, actor, isDryRun: dryRun });
    return { from: workspace.slug, to, isDryRun: dryRun, ...done };
  },
});

async function idsOf({ documents }: Pick<DataRepositories, 'documents'>, filter: DocumentFilter): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await documents.identities({ ...filter, limit: 1_000, ...(after === undefined ? {} : { after }) });
    for (const { id } of page.items) ids.push(id);
    if (page.next === undefined) return ids;
    after = page.next;
  }
}

function display({ from, to, isDryRun, documents, ...rows }: MoveDocumentsOutput): Display {
  const kinds = ['moved', 'copied', 'dropped', 'changed'] as const;
  const tables = [...new Set(kinds.flatMap((kind) => Object.keys(rows[kind])))].sort();
  const what = `${documents} document(s) from "${from}" to "${to}"`;
  return {
    kind: 'table',
    title: isDryRun ? `Would move ${what}` : `Moved ${what}`,
    columns: [{ title: 'rows of' }, ...kinds.map((title) => ({ title, align: 'right' as const }))],
    rows: tables.map((table) => [table, ...kinds.map((kind) => rows[kind][table] ?? 0)]),
    notes: [
      ...(documents === 0 ? ['No documents match.'] : []),
      ...(Object.keys(rows.dropped).length > 0 ? ['Dropped rows tie what moves to what stays.'] : []),
      ...(isDryRun ? ['Nothing was moved.'] : []),
    ],
    next: isDryRun || documents === 0 ? [] : [`sheaf docs --workspace ${to}`],
  };
}
