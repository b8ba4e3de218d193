import type { SqlDriverAdapter, SqlQueryable } from '@prisma/driver-adapter-utils';
import { DriverAdapterError, isDriverAdapterError } from '@prisma/driver-adapter-utils';

/**
 * Runs the script of a migration as one transaction: what fails or is ended in the middle leaves nothing behind. The
 * native engine sends it as it is, so that on SQLite each statement stays that came before the one that failed.
 *
 * Foreign keys rest meanwhile, since a table that others refer to cannot be made anew otherwise, and switching them off
 * inside a transaction does nothing. Rows that would refer to nothing afterwards are a failure.
 */
export async function executeSqliteMigration(adapter: SqlDriverAdapter, script: string): Promise<void> {
  await execute(adapter, 'PRAGMA foreign_keys = OFF');
  try {
    await inTransaction(adapter, script);
  } catch (error) {
    // A script may have transactions of its own, or statements like VACUUM that want none around them.
    if (!isDriverAdapterError(error) || !/(within|inside) (a )?transaction/.test(error.cause.originalMessage ?? '')) {
      throw error;
    }
    await adapter.executeScript(script);
  } finally {
    await execute(adapter, 'PRAGMA foreign_keys = ON');
  }
}

async function inTransaction(adapter: SqlDriverAdapter, script: string): Promise<void> {
  const transaction = await adapter.startTransaction();
  try {
    await execute(transaction, script);
    const check = { sql: 'PRAGMA foreign_key_check', args: [], argTypes: [] };
    const { columnNames, rows } = await transaction.queryRaw(check);
    if (rows.length > 0) {
      const table = String(rows[0]?.[columnNames.indexOf('table')]);
      const message = `FOREIGN KEY constraint failed: ${rows.length} row(s) refer to rows that do not exist, the first in ${table}`;
      throw new DriverAdapterError({
        kind: 'sqlite',
        extendedCode: 787,
        message,
        originalCode: '787',
        originalMessage: message,
      });
    }
    await transaction.commit();
  } catch (error) {
    await transaction.rollback();
    throw error;
  }
}

function execute(target: SqlQueryable, sql: string): Promise<number> {
  return target.executeRaw({ sql, args: [], argTypes: [] });
}
