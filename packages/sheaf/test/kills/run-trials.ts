import { type KillTrial, runKillTrial } from './kill-trial.ts';

/** Trials that run at the same time. */
const AT_ONCE = 2;
/** Problems of a trial that are told: when one thing is wrong, much else is. */
const TOLD = 5;

/** A trial after which something was not as if nothing had happened. */
export interface FailedTrial extends Pick<KillTrial, 'kills'> {
  readonly problems: readonly string[];
}

export interface TrialsResult {
  readonly failed: readonly FailedTrial[];
  /** Instants that lay behind the end of their process. */
  readonly missed: number;
}

/** Runs trials. A point that an earlier kill of its trial has hidden is tried by itself. */
export async function runTrials(trials: readonly KillTrial[]): Promise<TrialsResult> {
  const waiting = [...trials];
  const failed: FailedTrial[] = [];
  let missed = 0;
  const work = async (): Promise<void> => {
    for (let trial = waiting.shift(); trial; trial = waiting.shift()) {
      const { kills } = trial;
      const result = await runKillTrial(trial);
      if (result.problems.length > 0) failed.push({ kills, problems: result.problems.slice(0, TOLD) });
      const hidden = result.missed.filter((kill) => 'point' in kill);
      missed += result.missed.length - hidden.length;
      if (hidden.length > 0 && kills.length === 1) failed.push({ kills, problems: ['The point was not reached.'] });
      else for (const kill of hidden) waiting.push({ ...trial, kills: [kill] });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { failed, missed };
}
