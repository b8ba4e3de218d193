// A program to be loaded before another one (`node --import`): sets its kill switch as the environment says.
import { writeFileSync } from 'node:fs';
import { KILL_SWITCH, type KillPlan, type KillSwitchSettings, type WriteRecord } from './kill-plan.ts';
import { observeWrites } from './observe-writes.ts';
import { createPointNames } from './point-names.ts';

const { folder, kill, record } = JSON.parse(process.env[KILL_SWITCH] ?? '{}') as KillSwitchSettings;
const names = createPointNames();
const points: string[] = [];
const covered = new Set<string>();
let operations = 0;

/** Of the names of one operation, the first that is new stands for all that are. */
function note(passed: readonly string[]): void {
  const fresh = passed.find((name) => !covered.has(name));
  if (fresh !== undefined) points.push(fresh);
  for (const name of passed) covered.add(name);
}

function pass(phase: KillPlan['phase'], passed: readonly string[]): void {
  if (kill?.phase !== phase) return;
  const isHere = 'point' in kill ? passed.includes(kill.point) : operations >= kill.operation;
  if (isHere) process.kill(process.pid, 'SIGKILL');
}

observeWrites(
  {
    before(operation) {
      operations += 1;
      const passed = names.of(operation);
      note(passed);
      pass('before', passed);
    },
    after(operation) {
      pass('after', names.of(operation));
      names.pass(operation);
    },
  },
  folder,
);

if (record !== undefined) {
  process.on('exit', () => {
    const seen: WriteRecord = { points, operations, durationMs: performance.now() };
    writeFileSync(record, JSON.stringify(seen));
  });
}
