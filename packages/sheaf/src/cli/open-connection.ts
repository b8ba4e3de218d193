import { clients, type SheafClient } from '@sheaf/client';
import { type Connection, connect } from '@sheaf/db';
import type { CliContext } from './build-program.ts';
import { interruptible } from './interruptible.ts';
import { createCliLogger } from './logger.ts';
import { databaseConfig } from './open-sheaf.ts';

/** Opens the database of the command line as it is, for work that loses nothing by being left in the middle. */
export function withConnection<T>(
  context: CliContext,
  work: (connection: Connection<SheafClient>) => Promise<T>,
): Promise<T> {
  return interruptible(context.io.signal, async () => {
    const connection = await openConnection(context);
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  });
}

/** The caller closes it. */
export function openConnection(context: CliContext): Promise<Connection<SheafClient>> {
  const { echoSql, ...settings } = databaseConfig(context);
  const log = createCliLogger(context);
  return connect({
    ...settings,
    clients,
    ...(echoSql ? { onStatement: (text: string) => log.debug(text) } : {}),
  } as Parameters<typeof connect<SheafClient>>[0]);
}
