import type { Provider } from '@sheaf/db';
import pg from 'pg';
import { openBetterSqlite3 } from '../harness/open-better-sqlite3.ts';

/** A statement with `?` for its values. */
export interface HandWritten {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Runs statements as one writes them without Sheaf: prepared once, rows as the driver gives them. */
export interface HandRunner {
  all(statement: HandWritten): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

export async function openByHand(provider: Provider, url: string): Promise<HandRunner> {
  return provider === 'sqlite' ? openSqliteByHand(url) : openPostgresqlByHand(url);
}

function openSqliteByHand(url: string): HandRunner {
  const database = openBetterSqlite3(url);
  const prepared = new Map<string, ReturnType<typeof database.prepare>>();
  return {
    async all({ text, values }) {
      let statement = prepared.get(text);
      if (!statement) {
        statement = database.prepare(text);
        prepared.set(text, statement);
      }
      return statement.all(values) as Readonly<Record<string, unknown>>[];
    },
    close: async () => void database.close(),
  };
}

async function openPostgresqlByHand(url: string): Promise<HandRunner> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const names = new Map<string, { readonly name: string; readonly text: string }>();
  return {
    async all({ text, values }) {
      let statement = names.get(text);
      if (!statement) {
        let number = 0;
        const numbered = text.replaceAll('?', () => {
          number += 1;
          return `$${number}`;
        });
        statement = { name: `by_hand_${names.size}`, text: numbered };
        names.set(text, statement);
      }
      return (await client.query({ ...statement, values: [...values] })).rows;
    },
    close: () => client.end(),
  };
}
