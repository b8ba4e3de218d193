import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openSqlite } from '@sheaf/adapter-sqlite';
import { generateTestClient, TABLES } from './client/test-client.ts';

/** Which of the two adapters Prisma's client works on. */
export type AdapterName = 'ours' | 'published';

/** What each process does. It stops when either limit is reached. */
export interface Work {
  /** So many transactions, those that fail included. Default: no limit. */
  readonly attempts?: number;
  /** For so long. Default: no limit. */
  readonly milliseconds?: number;
  /** How long a transaction pauses between its read and its write, in milliseconds. Default 0. */
  readonly pause?: number;
  /** How long Prisma's client lets a transaction wait for its turn, and then take. Default: its own 2 s and 5 s. */
  readonly patience?: number;
}

/** What a process prints at its end. */
export interface WorkerReport {
  /** How many transactions failed, by the code of the error that reached the caller. */
  readonly errors: Record<string, number>;
  /** Of each transaction that was committed, in milliseconds, the wait for its turn included. */
  readonly latencies: number[];
}

/** Several processes that read and then write in transactions on one database file. */
export interface ReadThenWriteOptions {
  readonly adapter: AdapterName;
  /** A file that does not exist yet. */
  readonly path: string;
  readonly processes: number;
  readonly work: Work;
}

/** What came of them together. */
export interface ReadThenWriteResult {
  readonly committed: number;
  readonly failed: number;
  /** How many failed, by code. */
  readonly errors: Readonly<Record<string, number>>;
  /** Committed transactions whose increment is not in the counter. */
  readonly lostUpdates: number;
  readonly committedByProcess: readonly number[];
  /** Sorted, in milliseconds. */
  readonly latencies: readonly number[];
}

const program = fileURLToPath(new URL('fixtures/read-then-write.ts', import.meta.url));

/** Runs the processes, all beginning at the same moment, and adds up what they report. */
export async function runReadThenWrite(options: ReadThenWriteOptions): Promise<ReadThenWriteResult> {
  const { adapter, path, work } = options;
  const database = openSqlite({ path });
  await database.exec(`${TABLES}; INSERT INTO "Counter" VALUES (1, 0)`);
  const client = await generateTestClient();
  const workers = Array.from({ length: options.processes }, () =>
    startWorker([client, path, adapter, JSON.stringify(work)]),
  );
  try {
    await Promise.all(workers.map((worker) => worker.nextLine()));
    for (const worker of workers) worker.begin();
    const reports = await Promise.all(
      workers.map(async (worker): Promise<WorkerReport> => JSON.parse(await worker.nextLine())),
    );
    const { rows } = await database.all('SELECT "value" FROM "Counter"');
    return summarise(reports, rows[0]?.[0] as number);
  } finally {
    for (const worker of workers) worker.end();
    await database.close();
  }
}

function startWorker(args: string[]): { nextLine(): Promise<string>; begin(): void; end(): void } {
  const child = spawn(process.execPath, ['--no-warnings', program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exit = once(child, 'exit');
  return {
    async nextLine() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`A process ended early: ${await exit}`);
      return value;
    },
    begin: () => void child.stdin.end('begin\n'),
    end: () => void child.kill('SIGKILL'),
  };
}

function summarise(reports: readonly WorkerReport[], counter: number): ReadThenWriteResult {
  const errors: Record<string, number> = {};
  for (const [code, count] of reports.flatMap((report) => Object.entries(report.errors))) {
    errors[code] = (errors[code] ?? 0) + count;
  }
  const committedByProcess = reports.map(({ latencies }) => latencies.length);
  const committed = sum(committedByProcess);
  return {
    committed,
    failed: sum(Object.values(errors)),
    errors,
    lostUpdates: committed - counter,
    committedByProcess,
    latencies: reports.flatMap(({ latencies }) => latencies).sort((a, b) => a - b),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
