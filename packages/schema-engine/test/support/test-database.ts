/** A database that a test made, seen past the engine. */
export interface TestDatabase {
  readonly url: string;
  query(statement: string): Promise<readonly Record<string, unknown>[]>;
}

/** What the migration contract needs to know of a database system. */
export interface DatabaseSystem {
  readonly provider: 'sqlite' | 'postgresql';
  /** Makes an empty database. */
  create(): Promise<TestDatabase>;
  /** SQL extras that make the trigger `post_checked`, which refuses posts without a title. */
  readonly extras: string;
  /** The names of the tables, of a database without the bookkeeping of migrations. */
  tables(database: TestDatabase): Promise<readonly string[]>;
  /** The names of the triggers. */
  triggers(database: TestDatabase): Promise<readonly string[]>;
}
