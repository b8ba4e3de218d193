import type { Row } from '../sql/executor.ts';
import { type Sql, sql } from '../sql/statement.ts';
import type { Invariant, InvariantContext, Violation } from './invariant.ts';

/** How an invariant stands. */
export interface InvariantReport {
  readonly invariant: Invariant;
  /** Places where it does not hold. */
  readonly count: number;
  /** The first of them. */
  readonly examples: readonly Violation[];
  /** Why it could not be looked at. */
  readonly unchecked?: string;
}

export interface CheckInvariantOptions {
  readonly context: InvariantContext;
  /** Undefined for all. */
  readonly workspaceId: number | undefined;
  readonly examples: number;
}

export async function checkInvariant(
  invariant: Invariant,
  { context, workspaceId, examples }: CheckInvariantOptions,
): Promise<InvariantReport> {
  const findings = await invariant.find(context);
  if ('unchecked' in findings) return { invariant, count: 0, examples: [], unchecked: findings.unchecked };
  if ('strings' in findings) {
    // One statement counts them all and gives the first of them; what it holds on to are violations alone.
    const rows = await context.sql.all(sql`
      SELECT f.*, count(*) OVER () AS violations FROM ${foundBy(findings, workspaceId)} AS f
      ORDER BY f.subject LIMIT ${Math.max(1, examples)}`);
    const count = Number(rows[0]?.violations ?? 0);
    return { invariant, count, examples: rows.slice(0, examples).map(toViolation) };
  }
  let count = 0;
  const first: Violation[] = [];
  for await (const violation of findings) {
    count += 1;
    if (first.length < examples) first.push(violation);
  }
  return { invariant, count, examples: first };
}

/** What an invariant selects, as a sub-select, of one workspace or of all. */
export function foundBy(find: Sql, workspaceId: number | undefined): Sql {
  if (workspaceId === undefined) return sql`(${find})`;
  return sql`(SELECT w.* FROM (${find}) AS w WHERE w.workspace_id = ${workspaceId})`;
}

function toViolation(row: Row): Violation {
  return {
    workspaceId: typeof row.workspace_id === 'number' ? row.workspace_id : null,
    subject: String(row.subject),
    detail: row.detail === null ? null : String(row.detail),
  };
}
