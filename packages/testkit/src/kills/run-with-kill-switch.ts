import { type FixtureProcess, type RunFixtureOptions, runFixture } from '../processes/run-fixture.ts';
import { KILL_SWITCH, type KillSwitchSettings } from './kill-plan.ts';

export interface KillableProgram extends RunFixtureOptions {
  /** A TypeScript file of a test. */
  readonly file: URL;
  readonly args?: readonly string[];
}

/** Runs a program that ends itself by SIGKILL where the settings say, without knowing of it. */
export function runWithKillSwitch(program: KillableProgram, settings: KillSwitchSettings): FixtureProcess {
  const { file, args, env, imports = [], ...rest } = program;
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return runFixture(file, args, {
    ...rest,
    env: { ...env, [KILL_SWITCH]: JSON.stringify(settings) },
    imports: [...imports, new URL(`./kill-switch.${extension}`, import.meta.url)],
  });
}
