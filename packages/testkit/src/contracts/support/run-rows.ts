import { contentHash, createId } from '@sheaf/core';
import { type DataScope, type OpenRun, type PlanSteps, sql } from '@sheaf/db';

/** What a test opens a run with; its parts matter to few tests. */
export function runOf(overrides: Partial<OpenRun> = {}): OpenRun {
  return {
    tool: 'shop.count',
    input: { shelf: 'tea' },
    inputDigest: 'digest-of-tea',
    workerId: 'worker-1',
    leaseMs: 60_000,
    resume: false,
    ...overrides,
  };
}

/** Units to plan, named `unit-1`, `unit-2`, … */
export function units(count: number): PlanSteps['steps'] {
  return Array.from({ length: count }, (_, index) => ({ unit: `unit-${index + 1}` }));
}

/** Writes documents as the rows they are, and gives their ids in the order of the URIs. */
export async function insertDocuments(scope: DataScope, uris: readonly string[]): Promise<readonly string[]> {
  const now = scope.clock.now();
  const documents = uris.map((uri) => ({ id: createId(), uri }));
  const rows = scope.sql.dialect.records(
    { id: 'text', uri: 'text', uri_hash: 'text', uri_key: 'text', seen_at: 'datetime' },
    documents.map(({ id, uri }) => [id, uri, contentHash(uri), uri.slice(0, 200), now]),
  );
  await scope.sql.execute(sql`
    INSERT INTO documents (workspace_id, id, uri, uri_hash, uri_key, domain, first_seen_at, last_seen_at)
    SELECT ${scope.workspace.id}, id, uri, uri_hash, uri_key, 'example.com', seen_at, seen_at FROM ${rows} AS r`);
  return documents.map(({ id }) => id);
}

export interface StepRow {
  readonly id: string;
  readonly run_id: string;
  readonly item_id: string;
  readonly document_id: string | null;
  readonly name: string;
  readonly status: string;
  readonly attempt: number;
  readonly waits_for: number;
  readonly worker_id: string | null;
  readonly claim_token: string | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly lease_until: Date | null;
}

/** The steps of a workspace in the order of their planning. */
export function stepRows(scope: DataScope): Promise<readonly StepRow[]> {
  return scope.sql.all<StepRow>(sql`
    SELECT id, run_id, item_id, document_id, name, status, attempt, waits_for, worker_id, claim_token, error_code, error_message,
      started_at, ended_at, lease_until
    FROM steps WHERE workspace_id = ${scope.workspace.id} ORDER BY created_at, id`);
}

export interface ItemRow {
  readonly id: string;
  readonly run_id: string;
  readonly unit: string | null;
  readonly document_id: string | null;
  readonly status: string;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
}

export function itemRows(scope: DataScope): Promise<readonly ItemRow[]> {
  return scope.sql.all<ItemRow>(sql`
    SELECT id, run_id, unit, document_id, status, error_code, error_message, started_at, ended_at
    FROM run_items WHERE workspace_id = ${scope.workspace.id} ORDER BY created_at, id`);
}

export interface LifecycleRow {
  readonly run_id: string;
  readonly item_id: string | null;
  readonly step_id: string | null;
  readonly event: string;
  readonly handler: string | null;
  readonly status: string;
  readonly message: string | null;
  readonly started_at: Date;
  readonly ended_at: Date | null;
}

export function lifecycleRows(scope: DataScope): Promise<readonly LifecycleRow[]> {
  return scope.sql.all<LifecycleRow>(sql`
    SELECT run_id, item_id, step_id, event, handler, status, message, started_at, ended_at
    FROM lifecycle_events WHERE workspace_id = ${scope.workspace.id} ORDER BY id`);
}

export interface InsertChainOptions {
  readonly runId: string;
  readonly type: string;
  /** Each step with the names of those it needs. All belong to one item, or to one of their own. */
  readonly steps: Readonly<Record<string, readonly string[]>>;
  readonly hasOwnItems?: boolean;
}

/** Writes steps that need each other; gives their ids by name. */
export async function insertChain(
  scope: DataScope,
  options: InsertChainOptions,
): Promise<Readonly<Record<string, string>>> {
  const { runId, type, steps, hasOwnItems = false } = options;
  const { sql: db, workspace, clock } = scope;
  const now = clock.now();
  const sharedItem = createId();
  const planned = Object.entries(steps).map(([name, needs], index) => ({
    name,
    needs,
    id: createId(),
    itemId: hasOwnItems ? createId() : sharedItem,
    number: index + 1,
  }));
  const idOf = Object.fromEntries(planned.map(({ name, id }) => [name, id]));
  for (const itemId of new Set(planned.map((step) => step.itemId))) {
    await db.execute(sql`
      INSERT INTO run_items (workspace_id, id, run_id, unit, status, created_at)
      VALUES (${workspace.id}, ${itemId}, ${runId}, 'chain', 'pending', ${now})`);
  }
  for (const { name, needs, id, itemId, number } of planned) {
    await db.execute(sql`
      INSERT INTO steps (workspace_id, id, run_id, item_id, number, name, type, status, waits_for, available_at, created_at)
      VALUES (${workspace.id}, ${id}, ${runId}, ${itemId}, ${number}, ${name}, ${type}, 'pending', ${needs.length},
        ${db.dialect.now}, ${now})`);
  }
  for (const { needs, id } of planned) {
    for (const needed of needs) {
      await db.execute(sql`
        INSERT INTO step_needs (workspace_id, step_id, needed_id) VALUES (${workspace.id}, ${id}, ${idOf[needed] ?? ''})`);
    }
  }
  return idOf;
}

export function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
