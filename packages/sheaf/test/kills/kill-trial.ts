import { compareDumps, type FixtureExit, type KillPlan, runWithKillSwitch } from '@sheaf/testkit';
import { countRequests } from './count-requests.ts';
import { ingestExampleSite } from './ingest-example-site.ts';
import { type KillStage, onStage, type StageOptions } from './kill-stage.ts';
import { observeStore, type StoreState } from './observe-store.ts';
import { type IngestProgress, readProgress } from './read-progress.ts';
import type { UndisturbedIngest } from './run-undisturbed.ts';

/** When a process is killed: by itself at a point of its work, or from outside after so many milliseconds. */
export type Kill = KillPlan | { readonly afterMs: number };

export interface KillTrial extends StageOptions {
  /** One after the other: each is for the process that resumes what the last one left. */
  readonly kills: readonly Kill[];
  readonly undisturbed: UndisturbedIngest;
  /** Whether the site is ingested once more after it has changed; default false. */
  readonly isRepeated?: boolean;
}

export interface KillTrialResult {
  /** The kills that no process lived to see. */
  readonly missed: readonly Kill[];
  /** What is not as if nothing had happened; empty is right. */
  readonly problems: readonly string[];
}

/** Kills an ingest, resumes it by the same command, and compares what it leaves with the undisturbed one. */
export function runKillTrial({
  kills,
  undisturbed,
  isRepeated = false,
  ...options
}: KillTrial): Promise<KillTrialResult> {
  return onStage(options, async (stage) => {
    const { site, command } = stage;
    const missed: Kill[] = [];
    const problems: string[] = [];
    for (const kill of kills) {
      const { code, signal, errorOutput } = await runAndKill(stage, kill);
      if (signal !== 'SIGKILL') missed.push(kill);
      if (code !== null && code !== 0) problems.push(`The process failed before it was killed: ${errorOutput}`);
    }
    const before = await readProgress(command.url);
    site.clearRequests();
    if (!before.isDone) await ingestExampleSite(command);
    const { redirectTargets } = await readProgress(command.url);
    problems.push(
      ...differences(undisturbed.first, await observeStore(command.url)),
      ...needlessRequests(countRequests(site), { ...before, redirectTargets }, undisturbed.requests),
    );
    if (isRepeated) {
      site.setScenario('second');
      await ingestExampleSite(command);
      const second = differences(undisturbed.second, await observeStore(command.url));
      problems.push(...second.map((problem) => `after the second ingest: ${problem}`));
    }
    return { missed, problems };
  });
}

async function runAndKill({ program, folder }: KillStage, kill: Kill): Promise<FixtureExit> {
  if (!('afterMs' in kill)) return runWithKillSwitch(program, { folder, kill }).exited;
  const child = runWithKillSwitch(program, { folder });
  const timer = setTimeout(() => child.signal('SIGKILL'), kill.afterMs);
  const exit = await child.exited;
  clearTimeout(timer);
  return exit;
}

function differences(expected: StoreState, actual: StoreState): readonly string[] {
  return [...actual.problems, ...compareDumps(expected.dump, actual.dump)];
}

/**
 * What was requested again although its result was stored. What redirects lead to is asked for on behalf of others, and
 * listings, rules and the start are read by whoever maps.
 */
function needlessRequests(
  requests: ReadonlyMap<string, number>,
  { isMapped, visited, fetched, redirectTargets }: IngestProgress,
  undisturbed: ReadonlyMap<string, number>,
): readonly string[] {
  return [...requests].flatMap(([uri, count]) => {
    const isShared = redirectTargets.has(uri) || /\/(?:robots\.txt|sitemaps?[./].*)?$/.test(new URL(uri).pathname);
    if (isShared) return [];
    const all = undisturbed.get(uri) ?? 0;
    const mapped = isMapped ? all - 1 : visited.has(uri) ? 1 : 0;
    const needed = all - mapped - (fetched.has(uri) ? 1 : 0);
    return count > needed ? [`${uri} was requested ${count} time(s) more, where ${needed} were needed`] : [];
  });
}
