import type { Cell } from '@sheaf/core';
import { printable } from './text-width.ts';

/** A value as one line for people; times in UTC. */
export function cellText(value: Cell): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString().replace('T', ' ').slice(0, 19);
  return printable(String(value));
}
