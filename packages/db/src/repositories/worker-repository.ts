import type { Clock } from '@sheaf/core';
import type { Session } from '../connection/connection.ts';
import { sql } from '../sql/statement.ts';
import { returnLostSteps } from './steps/return-steps.ts';

export interface WorkerRecord {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
}

/** Workers belong to the deployment. Times are the database's. */
export interface WorkerRepository {
  /** Registers or refreshes a worker. */
  checkIn(worker: { readonly id: string; readonly host: string; readonly pid: number }): Promise<void>;
  /**
   * Takes a worker that is gone off the list, in one transaction: its running steps are pending again (the attempt
   * counts; failed with `engine.worker-lost` where none is left), the runs it held can be resumed.
   */
  remove(id: string): Promise<void>;
  list(): Promise<readonly WorkerRecord[]>;
}

export interface WorkerRepositoryOptions {
  readonly session: Pick<Session<unknown>, 'sql' | 'transaction'>;
  readonly clock: Clock;
}

export function createWorkerRepository({ session, clock }: WorkerRepositoryOptions): WorkerRepository {
  const { sql: db } = session;

  return {
    async checkIn({ id, host, pid }) {
      await db.execute(sql`
        INSERT INTO workers (id, host, pid, first_seen_at, last_seen_at)
        VALUES (${id}, ${host}, ${pid}, ${db.dialect.now}, ${db.dialect.now})
        ON CONFLICT (id) DO UPDATE SET host = excluded.host, pid = excluded.pid, last_seen_at = ${db.dialect.now}`);
    },
    remove: (id) =>
      session.transaction(async ({ sql: inner }) => {
        await returnLostSteps(inner, clock, sql`steps.worker_id = ${id}`);
        await inner.execute(sql`
          UPDATE runs SET worker_id = NULL, lease_until = NULL
          WHERE worker_id = ${id} AND status IN ('pending', 'running')`);
        await inner.execute(sql`DELETE FROM workers WHERE id = ${id}`);
      }),
    async list() {
      const rows = await db.all<WorkerRow>(
        sql`SELECT id, host, pid, first_seen_at, last_seen_at FROM workers ORDER BY first_seen_at, id`,
      );
      return rows.map((row) => ({
        id: row.id,
        host: row.host,
        pid: row.pid,
        firstSeenAt: row.first_seen_at,
        lastSeenAt: row.last_seen_at,
      }));
    },
  };
}

interface WorkerRow {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
}
