import type { MigrationList } from '@prisma/schema-engine-wasm';
import { EngineError } from './engine-error.ts';

/** What a database said of a script that it did not take. */
export interface ScriptFailure {
  readonly script: string;
  /** The database's own code; empty if it has none. */
  readonly code: string;
  readonly message: string;
}

/**
 * The error P3018 of the native engine, which names the migration that failed. The WebAssembly build lets the error of
 * the script through, as it were one of Prisma's client.
 *
 * @returns undefined if the script is not one of the migrations.
 */
export function migrationFailure(failure: ScriptFailure, migrations: MigrationList): EngineError | undefined {
  const name = migrationOf(failure.script, migrations);
  if (name === undefined) return undefined;
  return new EngineError(
    'A migration failed to apply. New migrations cannot be applied before the error is recovered from. ' +
      'Read more about how to resolve migration issues in a production database: https://pris.ly/d/migrate-resolve\n\n' +
      `Migration name: ${name}\n\nDatabase error code: ${failure.code}\n\n` +
      `Database error:\n${failure.message}\n`,
    { code: 'P3018' },
  );
}

/** The name of the migration that a script belongs to. */
export function migrationOf(script: string, migrations: MigrationList | undefined): string | undefined {
  return migrations?.migrationDirectories.find(({ migrationFile: { content } }) => {
    return content.tag === 'ok' && content.value === script;
  })?.path;
}
