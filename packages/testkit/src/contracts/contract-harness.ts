import type { Clock } from '@sheaf/core';
import type { Connection, DataRegistry, DataRepositories, DataScope, DataService, PrismaClientPort } from '@sheaf/db';
import type { TestProvider } from '../databases/test-database.ts';

/** One way to run Sheaf's data layer, for contract suites: what all implementations share is tested on each. */
export interface ContractHarness {
  /** For titles, such as `SQLite file`. */
  readonly name: string;
  readonly provider: TestProvider;
  /** Opens a new, empty, migrated database. */
  open(options?: OpenDataOptions): Promise<OpenedData>;
}

export interface OpenDataOptions {
  /** Stages and facets of the plugins that the test pretends to have; default none. */
  readonly registry?: Partial<DataRegistry>;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Receives each statement's text. */
  readonly onStatement?: (text: string) => void;
}

/** An open database with everything of the data layer on it. */
export interface OpenedData {
  readonly provider: TestProvider;
  /** For a second connection or another process; `:memory:` where there can be none. */
  readonly url: string;
  readonly connection: Connection<PrismaClientPort>;
  readonly service: DataService;
  readonly clock: Clock;
  /** The scope of a workspace, which is made if need be; default `default`. */
  scope(slug?: string): Promise<DataScope>;
  repositories(slug?: string): Promise<DataRepositories>;
  /** The repositories of a scope, such as the one that a transaction gives. */
  within(scope: DataScope): DataRepositories;
  /** Closes the connection and removes the database; calling it again does nothing. */
  close(): Promise<void>;
}
