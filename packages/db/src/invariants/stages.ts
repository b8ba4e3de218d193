import { type Facet, type PluginGraph, STAGE_STATUSES } from '@sheaf/core';
import { identifier, joinSql, sql } from '../sql/statement.ts';
import { type Invariant, type Mending, mendBy } from './invariant.ts';
import { knownWords } from './known-words.ts';

export const stageInvariants: readonly Invariant[] = [
  knownWords({
    id: 'stages.status',
    table: 'document_stages',
    column: 'status',
    words: STAGE_STATUSES,
    subject: sql`document_id`,
  }),
];

/** What follows from the stages and facets that plugins declare. */
export function declaredStageInvariants({
  stages,
  facets,
}: Pick<PluginGraph, 'stages' | 'facets'>): readonly Invariant[] {
  const waiting = stages.filter(({ startsPending }) => startsPending).map(({ name }) => name);
  const facetOf = (stage: string): Facet | undefined => facets.find((facet) => facet.stage === stage);
  // Only of a stage that starts pending does anything take up what is pending.
  const waitAgain = (stage: string): Pick<Invariant, 'advice' | 'mend'> =>
    waiting.includes(stage)
      ? { advice: `Run \`sheaf doctor --fix\`, then \`sheaf ${stage}\`.`, mend: waitInStage(stage, facetOf(stage)) }
      : { advice: `Do the "${stage}" again.` };
  return [
    ...waiting.map((stage) => ({ ...everyDocumentHasStage(stage), ...waitAgain(stage) })),
    ...facets.flatMap((facet) => [
      { ...stageHasResult(facet), ...waitAgain(facet.stage) },
      { ...resultHasStage(facet), ...waitAgain(facet.stage) },
    ]),
  ];
}

/** History is the truth: what the stage says of it is had anew, and the work it stands for is done again. */
function waitInStage(stage: string, facet: Facet | undefined): Mending {
  const newestRun = facet
    ? sql`(
        SELECT max(r.run_id) FROM ${identifier(facet.table)} r
        WHERE r.workspace_id = f.workspace_id AND r.document_id = f.subject
      )`
    : sql`NULL`;
  return mendBy(
    'lets the documents wait for the stage again, with the newest result that each has',
    ({ found, now }) => [
      sql`
      INSERT INTO document_stages (workspace_id, document_id, stage, variant, status, run_id, updated_at)
      SELECT f.workspace_id, f.subject, ${stage}, 'default', 'pending', ${newestRun}, ${now} FROM ${found} AS f WHERE true
      ON CONFLICT (workspace_id, document_id, stage, variant) DO UPDATE
      SET status = 'pending', run_id = excluded.run_id, error_code = NULL, error_message = NULL,
        updated_at = excluded.updated_at`,
    ],
  );
}

type Declared = Omit<Invariant, 'advice' | 'mend'>;

function everyDocumentHasStage(stage: string): Declared {
  return {
    id: `stages.${stage}.row`,
    summary: `Every document stands somewhere in the stage "${stage}".`,
    find: () => sql`
      SELECT d.workspace_id, d.id AS subject, d.uri_key AS detail FROM documents d
      LEFT JOIN document_stages s
        ON s.workspace_id = d.workspace_id AND s.document_id = d.id AND s.stage = ${stage} AND s.variant = 'default'
      WHERE d.merged_into_id IS NULL AND s.document_id IS NULL`,
  };
}

function stageHasResult({ stage, table }: Facet): Declared {
  return {
    id: `stages.${stage}.result`,
    summary: `A document that was through the stage "${stage}" has its result there, of the run that the stage names.`,
    find: () => sql`
      SELECT s.workspace_id, s.document_id AS subject,
        s.status || coalesce(', no result of run ' || s.run_id, ' without a run') AS detail
      FROM document_stages s
      LEFT JOIN ${identifier(table)} r
        ON r.workspace_id = s.workspace_id AND r.document_id = s.document_id AND r.run_id = s.run_id
      WHERE s.stage = ${stage} AND s.variant = 'default' AND r.document_id IS NULL
        AND (s.run_id IS NOT NULL OR s.status IN ('completed', 'stale'))`,
  };
}

function resultHasStage({ stage, table }: Facet): Declared {
  return {
    id: `stages.${stage}.run`,
    summary: `The stage "${stage}" of a document with results names the run of one of them.`,
    find: () => sql`
      SELECT DISTINCT r.workspace_id, r.document_id AS subject, coalesce(s.status, 'no stage') AS detail
      FROM ${identifier(table)} r
      LEFT JOIN document_stages s
        ON s.workspace_id = r.workspace_id AND s.document_id = r.document_id AND s.stage = ${stage}
          AND s.variant = 'default'
      WHERE s.run_id IS NULL`,
  };
}

export interface StageAgreesOptions extends Pick<Facet, 'stage' | 'table'> {
  readonly id: string;
  /** Columns that the stage and the result both have: `status`, `error_code`. */
  readonly columns: readonly string[];
}

/** A stage that has been settled, and the result of the run that it names, say the same. For plugins to declare. */
export function stageAgrees({ id, stage, table, columns }: StageAgreesOptions): Invariant {
  const differs = columns.map((column) => sql`r.${identifier(column)} IS DISTINCT FROM s.${identifier(column)}`);
  const both = columns.map(
    (column) => sql`coalesce(s.${identifier(column)}, '-') || ' / ' || coalesce(r.${identifier(column)}, '-')`,
  );
  return {
    id,
    summary: `The stage "${stage}" of a document and its result there say the same (${columns.join(', ')}).`,
    advice: `Do the "${stage}" again.`,
    find: () => sql`
      SELECT s.workspace_id, s.document_id AS subject, ${joinSql(both, " || ', ' || ")} AS detail
      FROM document_stages s
      JOIN ${identifier(table)} r
        ON r.workspace_id = s.workspace_id AND r.document_id = s.document_id AND r.run_id = s.run_id
      WHERE s.stage = ${stage} AND s.variant = 'default' AND s.status IN ('completed', 'failed', 'skipped')
        AND s.error_code IS DISTINCT FROM 'data.merged' AND (${joinSql(differs, ' OR ')})`,
  };
}
