import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { Provider } from '../sql/dialect.ts';
import type { SqlExecutor } from '../sql/executor.ts';
import type { DeploymentRole } from './acting.ts';
import type { TransactionOptions } from './transaction-options.ts';

/** What the connection needs of a Prisma client; the app's generated client has it. */
export interface PrismaClientPort {
  $transaction<T>(
    // biome-ignore lint/suspicious/noExplicitAny: a generated client is assignable with no narrower parameter.
    work: (client: any) => Promise<T>,
    options?: PrismaTransactionOptions,
  ): Promise<T>;
  $disconnect(): Promise<void>;
}

export interface PrismaTransactionOptions {
  readonly timeout?: number;
  readonly maxWait?: number;
}

/** Makes the generated client of each provider. Both give the same type: `@sheaf/client` casts once. */
export interface ClientFactories<Client extends PrismaClientPort = PrismaClientPort> {
  readonly sqlite: (adapter: SqlDriverAdapterFactory) => Client;
  readonly postgresql: (adapter: SqlDriverAdapterFactory) => Client;
}

/** The database as repositories see it: SQL and the Prisma client, on one connection or in one transaction. */
export interface Session<Client> {
  readonly sql: SqlExecutor;
  readonly client: Client;
  /**
   * Commits what `work` does when it resolves, and rolls it back when it rejects. Once a statement of it has failed,
   * nothing more can be done in it, on both databases: what may fail goes into a transaction nested in it.
   *
   * Inside a transaction, `transaction` nests by savepoint: its failure undoes its own part only. Nested ones that are
   * begun at the same time run one after the other.
   *
   * @throws what `work` throws; `db.transaction-failed`, `db.transaction-timeout`, `db.canceled`, `db.conflict`.
   */
  transaction<T>(work: (session: Session<Client>) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /**
   * Runs `work` on one state of the database, for statements that only read and belong together; no writer waits for
   * it. Inside a transaction that is the transaction's own state.
   */
  snapshot<T>(work: (sql: SqlExecutor) => Promise<T>): Promise<T>;
  /**
   * Waits until no power cut can take back what has been committed. Whoever changes something outside the database that
   * relies on a commit waits for this first. Inside a transaction nothing has been committed, and it throws.
   */
  flush(): Promise<void>;
}

/**
 * The one owner of a database's connections. By itself it acts as the login of its URL, for migrations and for what the
 * database's own catalog says; on PostgreSQL it sees no rows of workspaces then, unless the login is a superuser.
 */
export interface Connection<Client> extends Session<Client> {
  /**
   * The session of one workspace. On PostgreSQL everything that it runs, by SQL or by its Prisma client, in a transaction
   * or not, sees and writes the rows of this workspace alone, whoever the login is. On SQLite the statements see to that:
   * each names its workspace.
   *
   * What it runs throws `db.not-isolated` where the database lacks the roles, or the login may not take them.
   */
  forWorkspace(workspaceId: number): Session<Client>;
  /** A session for what belongs to the deployment. On SQLite it is the connection itself. */
  as(role: DeploymentRole): Session<Client>;
  readonly provider: Provider;
  /** For people: a path, or host and database name; never a password. */
  readonly label: string;
  /**
   * Where the bytes of this database alone are kept: `<file>-bytes` beside an SQLite file; undefined on PostgreSQL and in
   * memory. Two databases of one folder share nothing, or pruning one would take the other's.
   */
  readonly bytesFolder: string | undefined;
  /**
   * Copies the database as it is now into a new file, while others write; undefined on PostgreSQL. What was begun of a
   * copy that fails is left behind.
   */
  readonly copyTo: ((copy: DatabaseCopy) => Promise<void>) | undefined;
  /**
   * Runs scripts in one transaction of its own, with foreign keys unchecked meanwhile on SQLite.
   *
   * @throws what the statements throw; the error names the statement of the script.
   */
  runScript(work: (script: ScriptSession) => Promise<void>): Promise<void>;
  /** Calling it again does nothing. */
  close(): Promise<void>;
}

export interface DatabaseCopy {
  readonly file: string;
  /** Told how many pages of how many are there; what it throws gives the copy up. */
  readonly onPages?: (done: number, total: number) => void;
}

/** For migrations: statements and scripts inside one exclusive transaction. */
export interface ScriptSession {
  readonly sql: SqlExecutor;
  exec(script: string): Promise<void>;
}

export interface ConnectOptions<Client extends PrismaClientPort> {
  /** `file:` URL or path for SQLite, `:memory:`, or `postgres://`. */
  readonly url: string;
  readonly clients: ClientFactories<Client>;
  readonly pool?: PoolOptions;
  readonly sqlite?: SqliteSettings;
  /** Receives each statement's text without its values. */
  readonly onStatement?: ((text: string) => void) | undefined;
  /** Milliseconds a transaction may take before it is rolled back; default 60,000. */
  readonly transactionTimeoutMs?: number;
}

export interface PoolOptions {
  /** Connections at the most; default 10. */
  readonly max?: number;
  /** Milliseconds to wait for a connection; default 10,000. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds after which an idle connection is closed; default 30,000. */
  readonly idleTimeoutMs?: number;
  /** Milliseconds a statement may run; default none. */
  readonly statementTimeoutMs?: number;
}

export interface SqliteSettings {
  /** Default `NORMAL`: a power cut may lose the last transactions, never the file. `FULL` loses none. */
  readonly synchronous?: 'NORMAL' | 'FULL' | 'OFF';
  /** Milliseconds to wait for another process; default 10,000. */
  readonly busyTimeoutMs?: number;
  /** Further pragmas, set on each connection. */
  readonly pragmas?: Readonly<Record<string, string | number>>;
  /** Contents up to so many bytes are kept in the database, larger ones in files beside it; default 100,000. */
  readonly maxContentBytes?: number;
}
