import { clients } from '@sheaf/client';
import { connect } from '@sheaf/db';
import { checkDatabase, type DatabaseDump, dumpDatabase } from '@sheaf/testkit';
import { diagnose } from '../support/diagnose.ts';

/** A store as it stands, with nobody at work on it. */
export interface StoreState {
  readonly dump: DatabaseDump;
  /** What is wrong with it; empty is sound. */
  readonly problems: readonly string[];
}

export async function observeStore(url: string): Promise<StoreState> {
  const connection = await connect({ url, clients });
  try {
    const problems = [...(await checkDatabase(connection)), ...(await diagnose(url))];
    return { dump: await dumpDatabase(connection), problems };
  } finally {
    await connection.close();
  }
}
