import { cleanJson } from '@sheaf/core';
import type { DataScope } from '../scope.ts';
import { rawSql, sql } from '../sql/statement.ts';
import { readDate, readRecord } from './stored-value.ts';

export interface ArtifactKey {
  /** Hash of the bytes and of what else the step read. */
  readonly inputHash: string;
  /** markdown, metadata, links, json, chunks, … */
  readonly kind: string;
  /** Digest of the step's configuration with the tool's version. */
  readonly configHash: string;
}

export interface ArtifactRecord extends ArtifactKey {
  readonly contentHash: string;
  readonly runId: string | null;
  readonly createdAt: Date;
  readonly meta: Readonly<Record<string, unknown>> | null;
}

export interface NewArtifact extends ArtifactKey {
  /** Recorded in `contents` before. */
  readonly contentHash: string;
  readonly runId?: string;
  readonly meta?: Readonly<Record<string, unknown>>;
}

export interface ArtifactRepository {
  /** Keeps artifacts; an existing key stays as it is. */
  record(artifacts: readonly NewArtifact[]): Promise<void>;
  find(key: ArtifactKey): Promise<ArtifactRecord | undefined>;
  /** All artifacts of an input. */
  ofInput(inputHash: string): Promise<readonly ArtifactRecord[]>;
}

interface ArtifactRow {
  readonly input_hash: string;
  readonly kind: string;
  readonly config_hash: string;
  readonly content_hash: string;
  readonly run_id: string | null;
  readonly created_at: unknown;
  readonly meta: unknown;
}

const COLUMNS = rawSql('input_hash, kind, config_hash, content_hash, run_id, created_at, meta');

export function createArtifactRepository({ sql: db, workspace, clock }: DataScope): ArtifactRepository {
  return {
    async record(artifacts) {
      if (artifacts.length === 0) return;
      const rows = db.dialect.records(
        {
          input_hash: 'text',
          kind: 'text',
          config_hash: 'text',
          content_hash: 'text',
          run_id: 'text',
          meta: 'json',
        },
        firstOfEach(artifacts).map(({ inputHash, kind, configHash, contentHash, runId, meta }) => [
          inputHash,
          kind,
          configHash,
          contentHash,
          runId,
          meta && cleanJson(meta),
        ]),
      );
      // One that exists is written as it is, which keeps it from being pruned until this transaction has ended.
      await db.execute(sql`
        INSERT INTO artifacts (workspace_id, input_hash, kind, config_hash, content_hash, run_id, created_at, meta)
        SELECT ${workspace.id}, r.input_hash, r.kind, r.config_hash, r.content_hash, r.run_id, ${clock.now()}, r.meta
        FROM ${rows} AS r WHERE true ORDER BY r.input_hash, r.kind, r.config_hash
        ON CONFLICT (workspace_id, input_hash, kind, config_hash) DO UPDATE SET kind = excluded.kind`);
    },
    async find({ inputHash, kind, configHash }) {
      const row = await db.maybeOne<ArtifactRow>(sql`
        SELECT ${COLUMNS} FROM artifacts
        WHERE workspace_id = ${workspace.id} AND input_hash = ${inputHash} AND kind = ${kind}
          AND config_hash = ${configHash}`);
      return row && toArtifact(row);
    },
    async ofInput(inputHash) {
      const rows = await db.all<ArtifactRow>(sql`
        SELECT ${COLUMNS} FROM artifacts
        WHERE workspace_id = ${workspace.id} AND input_hash = ${inputHash} ORDER BY kind, config_hash`);
      return rows.map(toArtifact);
    },
  };
}

function firstOfEach(artifacts: readonly NewArtifact[]): readonly NewArtifact[] {
  const found = new Map<string, NewArtifact>();
  for (const artifact of artifacts) {
    const key = JSON.stringify([artifact.inputHash, artifact.kind, artifact.configHash]);
    if (!found.has(key)) found.set(key, artifact);
  }
  return [...found.values()];
}

function toArtifact(row: ArtifactRow): ArtifactRecord {
  return {
    inputHash: row.input_hash,
    kind: row.kind,
    configHash: row.config_hash,
    contentHash: row.content_hash,
    runId: row.run_id,
    createdAt: readDate(row.created_at),
    meta: readRecord(row.meta),
  };
}
