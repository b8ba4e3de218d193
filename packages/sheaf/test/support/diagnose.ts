import type { Sheaf } from '@sheaf/engine';
import { createSheaf, type FirstPartyPlugins } from 'sheaf';

/** What `sheaf doctor --deep` finds wrong with a database; empty where it is sound. */
export async function diagnose(url: string): Promise<readonly string[]> {
  const sheaf = await createSheaf({ url, migrate: 'off' });
  try {
    return await faultsOf(sheaf);
  } finally {
    await sheaf.close();
  }
}

/** The same of one that is open. */
export async function faultsOf(sheaf: Sheaf<FirstPartyPlugins>): Promise<readonly string[]> {
  const { findings } = await sheaf.workspace('default').doctor.run({ deep: true });
  return findings
    .filter(({ severity }) => severity === 'error')
    .map(({ id, count, examples }) => `${id} (${count}): ${JSON.stringify(examples)}`);
}
