import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder } from '@sheaf/testkit';
import { createRandom } from '../support/random.ts';
import type { DiskEvent } from './disk-event.ts';
import type { NumberedWrite, Said, Synchronous } from './numbered-write.ts';
import { type DiskImage, simulateDisk } from './simulate-disk.ts';
import { survey } from './survey.ts';
import { traceProgram } from './trace-program.ts';

const PROGRAM = new URL('../fixtures/numbered-writes.ts', import.meta.url);
/** Below the folder whose name is certain to last: Sheaf makes these itself. */
const DATABASE = join('project', '.sheaf', 'sheaf.db');

export interface CutPowerOptions {
  readonly synchronous: Synchronous;
  /** Decides the instants and what survives them. */
  readonly seed: number;
  readonly count: number;
  /** Of the program: four documents each. */
  readonly rounds: number;
}

export interface PowerCuts {
  /** What the program did to the disk. */
  readonly changes: number;
  readonly syncs: number;
  readonly writes: number;
  readonly instants: number;
  /** The instants after which something was wrong, with what that was. */
  readonly damaged: readonly { readonly event: number; readonly problems: readonly string[] }[];
}

/** Runs a program that writes, once, and cuts its power at random instants: each leaves a folder of its own. */
export async function cutPower({ synchronous, seed, count, rounds }: CutPowerOptions): Promise<PowerCuts> {
  const random = createRandom(seed);
  const folder = await createTempFolder('power');
  try {
    const live = join(folder.path, 'live');
    await mkdir(live);
    const args = [join(live, DATABASE), synchronous, String(rounds), String(seed)];
    const events = await traceProgram(PROGRAM, { args, folder: live });
    const disk = simulateDisk(live);
    const writes: NumberedWrite[] = [];
    const acknowledged: number[] = [];
    const damaged: PowerCuts['damaged'][number][] = [];
    let surveyed = 0;
    const instants = drawInstants(events, { random, count });
    for (const [index, event] of events.entries()) {
      if (event.kind === 'say') hear(event.text, { writes, acknowledged });
      else if (!event.path.endsWith('-shm')) disk.apply(event);
      const cuts = instants.get(index) ?? 0;
      for (let cut = 0; cut < cuts; cut += 1) {
        const left = join(folder.path, `cut-${index}-${cut}`);
        await writeImage(disk.cut(drawKeeping(random)), left);
        await leaveSharedMemory(join(left, DATABASE));
        const problems = await survey({ url: join(left, DATABASE), synchronous, writes, acknowledged });
        surveyed += 1;
        if (problems.length > 0) damaged.push({ event: index, problems });
        await rm(left, { recursive: true });
      }
    }
    const changes = events.filter(({ kind }) => kind !== 'say').length;
    const syncs = events.filter(({ kind }) => kind === 'sync').length;
    return { changes, syncs, writes: writes.length, instants: surveyed, damaged };
  } finally {
    await folder.remove();
  }
}

function hear(text: string, heard: { readonly writes: NumberedWrite[]; readonly acknowledged: number[] }): void {
  const said = JSON.parse(text) as Said;
  if ('begins' in said) heard.writes.push(said.begins);
  else heard.acknowledged.push(said.acknowledges);
}

/** How many cuts there are after which event: half of them anywhere, half right after something was acknowledged. */
function drawInstants(
  events: readonly DiskEvent[],
  { random, count }: { readonly random: () => number; readonly count: number },
): ReadonlyMap<number, number> {
  const all = [...events.keys()];
  const acknowledging = all.filter((index) => {
    const event = events[index];
    return event?.kind === 'say' && event.text.includes('acknowledges');
  });
  const instants = new Map<number, number>();
  for (let cut = 0; cut < count; cut += 1) {
    const among = cut % 2 === 0 ? all : acknowledging;
    const index = among[Math.floor(random() * among.length)] ?? 0;
    instants.set(index, (instants.get(index) ?? 0) + 1);
  }
  return instants;
}

/** What survives of what was not synced: nothing, nearly everything, or any share of it. */
function drawKeeping(random: () => number): () => boolean {
  const share = [0, 0.5, 0.95, random()][Math.floor(random() * 4)] as number;
  return () => random() < share;
}

/** The index of the log is mapped into memory, and nobody syncs it: anything may be in it. */
async function leaveSharedMemory(database: string): Promise<void> {
  if (existsSync(`${database}-wal`)) await writeFile(`${database}-shm`, randomBytes(32_768));
}

async function writeImage({ files }: DiskImage, folder: string): Promise<void> {
  await mkdir(folder);
  for (const [name, content] of files) {
    if ('files' in content) await writeImage(content, join(folder, name));
    else await writeFile(join(folder, name), content);
  }
}
