/** A kill at a named point of a write path, the first time that it is reached. */
export interface KillAtPoint {
  readonly point: string;
  readonly phase: 'before' | 'after';
}

/** A kill at the so-manyth operation of any kind; the first is 1. */
export interface KillAtOperation {
  readonly operation: number;
  readonly phase: 'before' | 'after';
}

/** Where a process ends itself by SIGKILL. */
export type KillPlan = KillAtPoint | KillAtOperation;

/** What the kill switch of a process is set to: to kill, to write down what it sees, or both. */
export interface KillSwitchSettings {
  /** Files below it count as written by the process; absolute. */
  readonly folder: string;
  readonly kill?: KillPlan;
  /** Where the points are written when the process ends by itself; absolute. */
  readonly record?: string;
}

/** What an undisturbed process did. */
export interface WriteRecord {
  /** The names of all points, in the order in which they were first reached. */
  readonly points: readonly string[];
  /** Operations of any kind. */
  readonly operations: number;
  /** Milliseconds from the start of the process to its end. */
  readonly durationMs: number;
}

/** The environment variable that carries the settings, as JSON. */
export const KILL_SWITCH = 'SHEAF_KILL_SWITCH';
