import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder, runWithKillSwitch, type WriteRecord } from '@sheaf/testkit';
import { countRequests } from './count-requests.ts';
import { ingestExampleSite } from './ingest-example-site.ts';
import { onStage, type StageOptions } from './kill-stage.ts';
import { observeStore, type StoreState } from './observe-store.ts';

/** What an ingest does and leaves that nobody kills. */
export interface UndisturbedIngest extends WriteRecord {
  readonly first: StoreState;
  /** After a second ingest of a site that has changed. */
  readonly second: StoreState;
  /** How often each address was requested by the first ingest. */
  readonly requests: ReadonlyMap<string, number>;
}

export function runUndisturbed(options: StageOptions): Promise<UndisturbedIngest> {
  return onStage(options, async ({ site, command, program, folder }) => {
    const temporary = await createTempFolder('record');
    const record = join(temporary.path, 'record.json');
    const { code, errorOutput } = await runWithKillSwitch(program, { folder, record }).exited;
    if (code !== 0) throw new Error(`The undisturbed ingest failed:\n${errorOutput}`);
    const seen = JSON.parse(await readFile(record, 'utf8')) as WriteRecord;
    await temporary.remove();
    const requests = countRequests(site);
    const first = await observeStore(command.url);
    site.setScenario('second');
    await ingestExampleSite(command);
    return { ...seen, requests, first, second: await observeStore(command.url) };
  });
}
