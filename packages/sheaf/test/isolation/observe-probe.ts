import { isSheafError } from '@sheaf/core';
import { type DataScope, rawSql } from '@sheaf/db';
import { allRows } from '@sheaf/testkit';
import type { Probe } from './probes.ts';
import type { Tenants } from './tenants.ts';

export interface Observation {
  /** What the caller got, a value or the code of an error, without what differs from call to call. */
  readonly outcome: string;
  /** All rows of the other tenant afterwards; undefined where there is none, or where the call came to nothing. */
  readonly others: string | undefined;
}

/** Calls a probe in a transaction, looks at the other tenant's rows in its midst, and takes everything back. */
export async function observeProbe(
  { data, red, strangers, blueId }: Tenants,
  repositoriesOf: (scope: DataScope) => unknown,
  probe: Probe<unknown>,
): Promise<Observation> {
  let observed: Observation | undefined;
  const undone = new Error('taken back');
  await red
    .transaction(async (scope) => {
      const outcome = await outcomeOf(probe(repositoriesOf(scope), strangers));
      observed = { outcome, others: undefined };
      if (blueId === undefined) throw undone;
      // The login of the tests may see everything. After an error of the database, nothing was written.
      if (data.provider === 'postgresql') await scope.sql.execute(rawSql('RESET ROLE'));
      observed = { outcome, others: await rowsOf(scope, blueId) };
      throw undone;
    })
    .catch((error: unknown) => {
      if (error !== undone && !observed) throw error;
    });
  if (!observed) throw new Error('The probe was not called.');
  return observed;
}

export async function rowsOf({ sql }: Pick<DataScope, 'sql'>, workspaceId: number): Promise<string> {
  const rows = [...(await allRows(sql))].map(([table, all]) => [
    table,
    all.filter(({ workspace_id }) => workspace_id === workspaceId),
  ]);
  return JSON.stringify(rows, null, 1);
}

async function outcomeOf(work: Promise<unknown>): Promise<string> {
  const text = await work.then(plain, (error: unknown) => `throws ${codeOf(error)}`);
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)/g, '<time>');
}

function plain(value: unknown): string {
  return JSON.stringify(
    value ?? null,
    (_, part: unknown) => {
      if (part instanceof Map || part instanceof Set) return [...part];
      if (part instanceof Error) return codeOf(part);
      return part;
    },
    1,
  );
}

function codeOf(error: unknown): string {
  if (isSheafError(error)) return error.code;
  throw error;
}
