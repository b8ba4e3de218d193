import { inTransaction } from '../in-transaction.ts';
import type { DataScope } from '../scope.ts';
import { sql } from '../sql/statement.ts';
import type { StageCondition } from './document-repository.ts';
import { isOpen } from './runs/run-record.ts';
import { heldClaims, isHeld } from './steps/claim-fence.ts';
import { claimSteps } from './steps/claim-steps.ts';
import { completeSteps, failSteps } from './steps/end-steps.ts';
import { planSteps } from './steps/plan-steps.ts';
import { releaseSteps, returnLostSteps } from './steps/return-steps.ts';

/** A unit of planned work: a document, or a unit with a name of its own (such as the URI of a site to map). */
export interface PlannedStep {
  readonly documentId?: string;
  readonly unit?: string;
  readonly priority?: number;
  readonly config?: Readonly<Record<string, unknown>>;
}

export interface PlanSteps {
  readonly runId: string;
  /** What handles the step, e.g. `fetch`. */
  readonly type: string;
  readonly variant?: string;
  /** Default 3. */
  readonly maxAttempts?: number;
  /**
   * Plans only documents that are in this state at the moment of planning: what another run has finished since the
   * list was read is left out.
   */
  readonly onlyIf?: StageCondition;
  /** Leaves out documents whose stage was completed, failed or skipped at this time or later. */
  readonly unlessSettled?: { readonly stage: string; readonly since: Date };
  readonly steps: readonly PlannedStep[];
}

export interface ClaimSteps {
  readonly type: string;
  readonly workerId: string;
  readonly limit: number;
  /** Milliseconds until the claim is lost unless renewed. */
  readonly leaseMs: number;
  /** Only steps of this run. */
  readonly runId?: string;
}

/** The proof of a claim: every write on its behalf names it, and does nothing once another worker has the step. */
export interface StepClaim {
  readonly stepId: string;
  readonly claimToken: string;
}

export interface ClaimedStep extends StepClaim {
  readonly runId: string;
  readonly itemId: string;
  /** Null for a unit that is no document. */
  readonly documentId: string | null;
  /** The document's canonical URI, or the unit's name. */
  readonly uri: string;
  readonly type: string;
  readonly variant: string;
  /**
   * 1 for the first. Above `maxAttempts` once the worker of the last attempt was lost: the step is not to be tried
   * again, but to be failed.
   */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly config: Readonly<Record<string, unknown>> | null;
}

export interface StepFailure extends StepClaim {
  readonly errorCode: string;
  readonly errorMessage: string;
  /** Milliseconds until it is tried again; absent: it is given up. A step without attempts left is given up too. */
  readonly retryInMs?: number;
}

export interface OpenSteps {
  /** Steps that are not final. */
  readonly open: number;
  readonly running: number;
  /** Milliseconds by the database's clock until something can be claimed or its lease ends; absent with none open. */
  readonly nextInMs?: number;
}

export interface StepRepository {
  /**
   * Plans steps with their items, set-based; a document with an open step of the type is left out, so that two runs
   * never work on one document at once. Only what waits in a run that nobody works on is taken over: its step there is
   * canceled. Gives how many were planned.
   *
   * @throws `db.not-found`; `db.invalid-transition` for a run that has ended; `db.foreign-key-violation`.
   */
  plan(plan: PlanSteps): Promise<number>;
  /** Claims due steps by priority: they become `running`, with a new claim token and attempt + 1. */
  claim(request: ClaimSteps): Promise<readonly ClaimedStep[]>;
  /** Extends leases; gives the claims that still hold. */
  renew(claims: readonly StepClaim[], leaseMs: number): Promise<readonly StepClaim[]>;
  /** Locks and gives the claims that still hold: the first statement of a transaction that writes results. */
  hold(claims: readonly StepClaim[]): Promise<readonly StepClaim[]>;
  /** Ends steps and, when they were the last, their items; frees the steps that waited. Gives the claims that held. */
  complete(
    claims: readonly (StepClaim & { readonly status?: 'completed' | 'skipped' })[],
  ): Promise<readonly StepClaim[]>;
  /** `error` with a later `availableAt`, or `failed` (which fails the item and writes lifecycle events). */
  fail(failures: readonly StepFailure[]): Promise<readonly (StepClaim & { readonly isFinal: boolean })[]>;
  /** Gives claimed steps back unharmed: pending again, the attempt not counted. */
  release(claims: readonly StepClaim[]): Promise<void>;
  /**
   * Gives back the steps whose lease has ended: pending again. The attempt of the lost worker counts. Gives how many.
   */
  sweep(type: string): Promise<number>;
  open(filter: { readonly type: string; readonly runIds?: readonly string[] }): Promise<OpenSteps>;
}

export function createStepRepository(scope: DataScope): StepRepository {
  const { sql: db, workspace } = scope;

  return {
    plan: (plan) => planSteps(scope, plan),
    claim: (request) => claimSteps(scope, request),
    async renew(claims, leaseMs) {
      if (claims.length === 0) return [];
      const rows = await db.all<ClaimRow>(sql`
        WITH held AS MATERIALIZED (${heldClaims({ dialect: db.dialect, workspaceId: workspace.id, claims })})
        UPDATE steps SET lease_until = ${db.dialect.nowPlus(leaseMs)}
        FROM held WHERE ${isHeld}
        RETURNING id, claim_token`);
      return rows.map(toClaim);
    },
    async hold(claims) {
      if (claims.length === 0) return [];
      const rows = await db.all<{ readonly step_id: string; readonly held_token: string }>(
        heldClaims({ dialect: db.dialect, workspaceId: workspace.id, claims }),
      );
      return rows.map((row) => ({ stepId: row.step_id, claimToken: row.held_token }));
    },
    complete: (claims) => completeSteps(scope, claims),
    fail: (failures) => failSteps(scope, failures),
    release: (claims) => releaseSteps(scope, claims),
    sweep: (type) =>
      inTransaction(scope, (inner) =>
        returnLostSteps(
          inner.sql,
          inner.clock,
          sql`steps.workspace_id = ${workspace.id} AND steps.type = ${type} AND steps.lease_until < ${db.dialect.now}`,
        ),
      ),
    async open({ type, runIds }) {
      const ofRuns = runIds === undefined ? sql`` : sql`AND ${db.dialect.isIn(sql`run_id`, runIds)}`;
      // A step that waits for another one is freed by that one's end, not by time.
      const next = sql`min(CASE WHEN status = 'running' THEN lease_until WHEN waits_for = 0 THEN available_at END)`;
      const row = await db.one<{
        readonly open: number;
        readonly running: number;
        readonly next_in: number | null;
      }>(sql`
        SELECT count(*) AS open, count(*) FILTER (WHERE status = 'running') AS running,
          ${db.dialect.millisecondsUntil(next)} AS next_in
        FROM steps
        WHERE workspace_id = ${workspace.id} AND type = ${type} AND ${isOpen(sql`status`)} ${ofRuns}`);
      return {
        open: row.open,
        running: row.running,
        ...(row.next_in === null ? {} : { nextInMs: Math.max(0, row.next_in) }),
      };
    },
  };
}

interface ClaimRow {
  readonly id: string;
  readonly claim_token: string;
}

function toClaim(row: ClaimRow): StepClaim {
  return { stepId: row.id, claimToken: row.claim_token };
}
