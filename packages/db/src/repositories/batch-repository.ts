import { cleanJson, cleanText, createId } from '@sheaf/core';
import { dbErrors } from '../errors.ts';
import type { DataScope } from '../scope.ts';
import { json, rawSql, sql } from '../sql/statement.ts';
import { readDate, readOptionalDate, readRecord } from './stored-value.ts';

export interface BatchRecord {
  readonly id: string;
  readonly name: string | null;
  readonly sourceId: string | null;
  readonly params: Readonly<Record<string, unknown>> | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

export interface BatchRepository {
  start(batch: {
    readonly name?: string;
    readonly sourceId?: string;
    readonly params?: Readonly<Record<string, unknown>>;
  }): Promise<BatchRecord>;
  /** Sets the end once. @throws `db.not-found`. */
  end(batchId: string): Promise<void>;
  find(batchId: string): Promise<BatchRecord | undefined>;
}

const MAX_NAME_LENGTH = 200;

interface BatchRow {
  readonly id: string;
  readonly name: string;
  readonly source_id: string | null;
  readonly params: unknown;
  readonly started_at: unknown;
  readonly ended_at: unknown;
}

const COLUMNS = rawSql('id, name, source_id, params, started_at, ended_at');

export function createBatchRepository({ sql: db, workspace, clock }: DataScope): BatchRepository {
  return {
    async start({ name, sourceId, params }) {
      const row = await db.one<BatchRow>(sql`
        INSERT INTO batches (workspace_id, id, name, source_id, params, started_at)
        VALUES (${workspace.id}, ${createId()}, ${cleanText(name ?? '', MAX_NAME_LENGTH)}, ${sourceId ?? null},
          ${params === undefined ? null : json(cleanJson(params))}, ${clock.now()})
        RETURNING ${COLUMNS}`);
      return toBatch(row);
    },
    async end(batchId) {
      const ended = await db.execute(sql`
        UPDATE batches SET ended_at = coalesce(ended_at, ${clock.now()})
        WHERE workspace_id = ${workspace.id} AND id = ${batchId}`);
      if (ended === 0) throw dbErrors.create('not-found', { what: 'batch', id: batchId });
    },
    async find(batchId) {
      const row = await db.maybeOne<BatchRow>(sql`
        SELECT ${COLUMNS} FROM batches WHERE workspace_id = ${workspace.id} AND id = ${batchId}`);
      return row && toBatch(row);
    },
  };
}

/** The column holds '' for a batch without a name. */
function toBatch({ id, name, source_id, params, started_at, ended_at }: BatchRow): BatchRecord {
  return {
    id,
    name: name || null,
    sourceId: source_id,
    params: readRecord(params),
    startedAt: readDate(started_at),
    endedAt: readOptionalDate(ended_at),
  };
}
