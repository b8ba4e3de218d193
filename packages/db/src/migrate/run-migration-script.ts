import { isSheafError } from '@sheaf/core';
import type { ScriptSession } from '../connection/connection.ts';
import { dbErrors } from '../errors.ts';
import type { Provider } from '../sql/dialect.ts';
import { splitStatements } from '../sql/split-statements.ts';
import { rawSql } from '../sql/statement.ts';
import { findTransactionStatement } from './transaction-statement.ts';

/** Statements that no transaction may hold, and enum values that PostgreSQL lets be used only after a commit. */
const WANTS_NO_TRANSACTION = /(within|inside) (a )?transaction|unsafe use of new value/;
const ALONE_HINT =
  'The database is as it was before. Apply it by `prisma migrate deploy`, which runs each migration by itself.';

/**
 * Runs the script of a migration, or the extras, in the transaction that also records it.
 *
 * @throws `db.migration-failed`.
 */
export async function runMigrationScript(script: ScriptSession, name: string, text: string): Promise<void> {
  const statement = findTransactionStatement(text, script.sql.dialect.provider);
  if (statement !== undefined) {
    const reason = `it says ${statement}, but it is run in one transaction with its record`;
    throw dbErrors.create('migration-failed', { migration: name, reason }, { hint: ALONE_HINT });
  }
  try {
    await script.exec(text);
  } catch (cause) {
    if (isSheafError(cause, 'db.roles-refused')) throw cause;
    const coded = isSheafError(cause) ? cause : undefined;
    const reason = String(coded?.details.reason ?? (cause instanceof Error ? cause.message : cause));
    throw dbErrors.create(
      'migration-failed',
      { migration: name, reason },
      {
        cause,
        isRetryable: coded?.isRetryable ?? false,
        ...(WANTS_NO_TRANSACTION.test(reason) ? { hint: ALONE_HINT } : {}),
      },
    );
  }
}

/**
 * SQLite's foreign keys are unchecked meanwhile, so that tables can be made anew: what that broke must not stay.
 *
 * @throws `db.migration-failed`.
 */
export async function checkForeignKeys(script: ScriptSession, migration: string): Promise<void> {
  if (script.sql.dialect.provider !== 'sqlite') return;
  const broken = await script.sql.all<{ table: string; parent: string }>(rawSql('PRAGMA foreign_key_check'));
  const [first] = broken;
  if (first === undefined) return;
  throw dbErrors.create('migration-failed', {
    migration,
    reason: `${broken.length} row(s) would refer to rows that do not exist, the first in ${first.table} (to ${first.parent})`,
  });
}

/** Whether a script holds more than comments and blanks. */
export function hasStatements(script: string, provider: Provider): boolean {
  return splitStatements(script, provider).length > 0;
}
