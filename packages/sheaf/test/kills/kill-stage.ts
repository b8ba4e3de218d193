import { dirname } from 'node:path';
import { type ExampleSite, startExampleSite } from '@sheaf/example-site';
import { createTempFolder, createTestDatabase, type KillableProgram } from '@sheaf/testkit';
import type { IngestCommand } from './ingest-example-site.ts';

export interface StageOptions {
  readonly provider: 'sqlite' | 'postgresql';
  readonly method: IngestCommand['method'];
  /** Whether the database is migrated before the first ingest; default true. */
  readonly isMigrated?: boolean;
}

/** A site and a database of a trial's own, so that several may run at once. */
export interface KillStage {
  readonly site: ExampleSite;
  readonly command: IngestCommand;
  /** The command as a program of its own. */
  readonly program: KillableProgram;
  /** What is written below it counts as written by the program. */
  readonly folder: string;
}

const PROGRAM = new URL('../fixtures/ingest.ts', import.meta.url);

/** Sets the stage, lets the trial play on it, and clears it away. */
export async function onStage<T>(
  { provider, method, isMigrated = true }: StageOptions,
  play: (stage: KillStage) => Promise<T>,
): Promise<T> {
  // Healed: no answer asks for a pause before it is tried again, which would only take time.
  const site = await startExampleSite({ scenario: 'healed', slowMs: 0 });
  const database = await createTestDatabase(provider, { isMigrated });
  const temporary = await createTempFolder('stage');
  try {
    const command: IngestCommand = { url: database.url, source: `${site.origin}/`, method, connectTo: site.connectTo };
    const program = { file: PROGRAM, args: [JSON.stringify(command)] };
    const folder = provider === 'sqlite' ? dirname(database.url) : temporary.path;
    return await play({ site, command, program, folder });
  } finally {
    await site.close();
    await database.drop();
    await temporary.remove();
  }
}
