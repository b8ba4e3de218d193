import Database from 'better-sqlite3';
import pg from 'pg';
import type { Provider } from '../../src/index.ts';

/** What a database thinks of a text. */
export interface Judgement {
  /** `syntax` also for what its scanner alone refuses. */
  readonly verdict: 'fine' | 'syntax' | 'unfinished' | 'other';
  /** Where it stopped, if it says so: in UTF-16 units on PostgreSQL; the text it stopped at on SQLite. */
  readonly at?: number;
  readonly near?: string;
  readonly message?: string;
}

export interface Judge {
  readonly provider: Provider;
  judge(text: string): Promise<Judgement>;
  close(): Promise<void>;
}

export function sqliteJudge(): Judge {
  const database = new Database(':memory:');
  return {
    provider: 'sqlite',
    async judge(text) {
      try {
        database.prepare(text);
        return { verdict: 'fine' };
      } catch (error) {
        const { message } = error as Error;
        const unrecognized = /^unrecognized token: "(.*)"$/s.exec(message)?.[1];
        const near = /^near "(.*)": syntax error$/s.exec(message)?.[1] ?? unrecognized;
        if (near !== undefined) {
          const isUnfinished = unrecognized !== undefined && text.endsWith(unrecognized) && /^["'`[]|^x'/i.test(near);
          return { verdict: isUnfinished ? 'unfinished' : 'syntax', near, message };
        }
        return { verdict: message === 'incomplete input' ? 'syntax' : 'other', message };
      }
    },
    async close() {
      database.close();
    },
  };
}

export async function postgresqlJudge(url: string): Promise<Judge> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return {
    provider: 'postgresql',
    async judge(text) {
      try {
        await client.query(text);
        return { verdict: 'fine' };
      } catch (error) {
        const { code, position, message } = error as pg.DatabaseError;
        // In characters, from 1.
        const at = position === undefined ? undefined : [...text].slice(0, Number(position) - 1).join('').length;
        const verdict = /^unterminated /.test(message) ? 'unfinished' : code === '42601' ? 'syntax' : 'other';
        return { verdict, message, ...(at === undefined ? {} : { at }) };
      }
    },
    close: () => client.end(),
  };
}
