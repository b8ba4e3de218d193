import type pg from 'pg';
import { dbErrors } from '../errors.ts';

/** What ends a transaction as a whole; going back to a savepoint does not. */
const ENDING = /^\s*(?:COMMIT|ROLLBACK)\s*;?\s*$/i;

/**
 * A connection of the pool, lent to one transaction. From its COMMIT or ROLLBACK on it sends nothing more, whoever still
 * holds it: by then the connection may be somebody else's, with that one's role and workspace. Released before its
 * transaction was ended it is closed.
 *
 * Its statements reject with `db.transaction-ended` after the end.
 */
export function lendConnection(client: pg.PoolClient): pg.PoolClient {
  let isEnding = false;
  let hasEnded = false;
  const query = async (statement: string | pg.QueryConfig): Promise<pg.QueryResult> => {
    const isEnd = ENDING.test(typeof statement === 'string' ? statement : statement.text);
    // A COMMIT that failed is followed by ROLLBACK.
    if (hasEnded || (isEnding && !isEnd)) throw dbErrors.create('transaction-ended', {});
    isEnding ||= isEnd;
    const result = await client.query(statement as pg.QueryConfig);
    hasEnded ||= isEnd;
    return result;
  };
  const release = (isSpoilt?: Error | boolean): void => {
    const isOver = hasEnded;
    isEnding = true;
    hasEnded = true;
    client.release(isSpoilt || !isOver);
  };
  return Object.assign(Object.create(client) as pg.PoolClient, { query, release });
}
