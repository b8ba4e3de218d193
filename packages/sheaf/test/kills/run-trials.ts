import { type KillTrial, runKillTrial } from './kill-trial.ts';

/** Trials that run at the same time. */
const AT_ONCE = 2;
/** Problems of a trial that are told: when one thing is wrong, much else is. */
const TOLD = 5;

/** A trial after which something was not as if nothing had happened. */
export interface FailedTrial extends Pick<KillTrial, 'kills'> {
  readonly problems: readonly string[];
}

/** Runs trials and gives those that failed. A point that an earlier kill of its trial has hidden is tried by itself. */
export async function runTrials(trials: readonly KillTrial[]): Promise<readonly FailedTrial[]> {
  const waiting = [...trials];
  const failed: FailedTrial[] = [];
  const work = async (): Promise<void> => {
    for (let trial = waiting.shift(); trial; trial = waiting.shift()) {
      const { kills } = trial;
      const { missed, problems } = await runKillTrial(trial);
      if (problems.length > 0) failed.push({ kills, problems: problems.slice(0, TOLD) });
      // An instant may lie behind the end of the process; a point does not.
      const hidden = missed.filter((kill) => 'point' in kill);
      if (hidden.length > 0 && kills.length === 1) failed.push({ kills, problems: ['The point was not reached.'] });
      else for (const kill of hidden) waiting.push({ ...trial, kills: [kill] });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return failed;
}
