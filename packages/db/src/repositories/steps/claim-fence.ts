import type { ColumnType, Dialect } from '../../sql/dialect.ts';
import { recheck } from '../../sql/recheck.ts';
import { joinSql, rawSql, type Sql, sql } from '../../sql/statement.ts';
import type { StepClaim } from '../step-repository.ts';

export interface ClaimFenceOptions<Claim extends StepClaim> {
  readonly dialect: Dialect;
  readonly workspaceId: number;
  readonly claims: readonly Claim[];
  /** What else each claim brings into the statement, as columns. */
  readonly columns?: Readonly<Record<string, readonly [type: ColumnType, value: (claim: Claim) => unknown]>>;
}

/**
 * A SELECT of the claims that still hold, their steps locked in one order by all callers: `held_workspace_id`,
 * `step_id`, `held_token` and the further columns. A claim holds while its step is running under its token; what a lost claim would write is thus
 * never written.
 */
export function heldClaims<Claim extends StepClaim>(options: ClaimFenceOptions<Claim>): Sql {
  const { dialect, workspaceId, claims, columns = {} } = options;
  const extra = Object.entries(columns);
  const types: Record<string, ColumnType> = { held_workspace_id: 'integer', step_id: 'text', held_token: 'text' };
  for (const [name, [type]] of extra) types[name] = type;
  const rows = dialect.records(
    types,
    claims.map((claim) => [workspaceId, claim.stepId, claim.claimToken, ...extra.map(([, [, value]]) => value(claim))]),
  );
  const further = joinSql(
    extra.map(([name]) => rawSql(`, c.${name}`)),
    '',
  );
  return sql`
    SELECT c.held_workspace_id, c.step_id, c.held_token ${further}
    FROM ${rows} AS c CROSS JOIN steps s
    WHERE s.workspace_id = c.held_workspace_id AND s.id = c.step_id
      AND ${recheck(sql`s.status = 'running' AND s.claim_token = c.held_token`)}
    ORDER BY s.id ${dialect.lockRows('s')}`;
}

/** Repeats the fence on the row that is written: it may have changed while its lock was waited for. */
export const isHeld: Sql = sql`steps.workspace_id = held.held_workspace_id AND steps.id = held.step_id
  AND ${recheck(sql`steps.claim_token = held.held_token AND steps.status = 'running'`)}`;
