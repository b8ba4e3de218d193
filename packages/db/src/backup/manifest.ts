import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { dbErrors } from '../errors.ts';
import type { MigrationRecord } from '../migrate/migration-report.ts';

/** What a backup holds. It is written last, so that a folder without one is no backup. */
export interface BackupManifest {
  readonly format: 1;
  readonly provider: 'sqlite' | 'postgresql';
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** The migrations of the database, as they were when they were applied. */
  readonly migrations: readonly { readonly name: string; readonly checksum: string }[];
  /** The parts of the database; `path` is relative to the backup. */
  readonly parts: readonly BackupPart[];
  /** PostgreSQL: where the numbering of each sequence stands. */
  readonly sequences: readonly { readonly name: string; readonly value: string; readonly isCalled: boolean }[];
  /** Contents that are kept in files: they are named by their hashes. */
  readonly contents: { readonly files: number; readonly bytes: number };
  /** Contents whose files the store lacked, or held with other bytes, when the backup was made. */
  readonly missing: readonly string[];
}

export interface BackupPart {
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** PostgreSQL: the table. */
  readonly table?: string | undefined;
  readonly rows?: number | undefined;
}

export const MANIFEST = 'manifest.json';
/** The folder of a backup that has the files of contents. */
export const BYTES = 'bytes';

const count = z.int().min(0);

const schema: z.ZodType<BackupManifest> = z.object({
  format: z.literal(1),
  provider: z.enum(['sqlite', 'postgresql']),
  createdAt: z.iso.datetime(),
  migrations: z.array(z.object({ name: z.string(), checksum: z.string() })),
  parts: z
    .array(
      z.object({
        // A part never lies outside of its backup.
        path: z.string().regex(/^(?:[a-z0-9_]+\/)?[a-z0-9_]+(?:\.[a-z]+)+$/i),
        bytes: count,
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        table: z.string().optional(),
        rows: count.optional(),
      }),
    )
    .min(1),
  sequences: z.array(z.object({ name: z.string(), value: z.string().regex(/^-?\d+$/), isCalled: z.boolean() })),
  contents: z.object({ files: count, bytes: count }),
  missing: z.array(z.string()),
});

/** @throws `db.backup-damaged`. */
export async function readManifest(folder: string): Promise<BackupManifest> {
  try {
    return schema.parse(JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')));
  } catch (cause) {
    const { code } = cause as { readonly code?: string };
    const reason = code === 'ENOENT' ? `it has no ${MANIFEST}` : `its ${MANIFEST} cannot be read`;
    throw dbErrors.create('backup-damaged', { path: folder, reason }, { cause });
  }
}

/** The migrations of a backup as a database would tell them. */
export function recordsOf({ migrations }: BackupManifest): readonly MigrationRecord[] {
  return migrations.map((migration) => ({
    ...migration,
    startedAt: new Date(0),
    isFinished: true,
    isRolledBack: false,
    logs: null,
  }));
}
