import type { Connection } from '../connection/connection.ts';

/** The part of a connection that migrating needs. */
export type MigrationTarget = Pick<Connection<unknown>, 'provider' | 'sql' | 'runScript'>;
