import type { Violation } from '@sheaf/db';
import { z } from 'zod';

/** A place where something does not hold. */
export interface DoctorExample extends Omit<Violation, 'workspaceId'> {
  /** Null for what belongs to the whole deployment. */
  readonly workspace: string | null;
}

/** Something that does not hold. */
export interface DoctorFinding {
  readonly id: string;
  /** What should hold. */
  readonly summary: string;
  /** `notice`: worth knowing, but nothing is wrong. */
  readonly severity: 'error' | 'notice';
  readonly count: number;
  readonly examples: readonly DoctorExample[];
  /** What a person can do. */
  readonly advice: string;
  /** What `fix` does about it; null where it does nothing. */
  readonly fix: string | null;
}

export interface DoctorOutput {
  /** How many invariants were looked at. */
  readonly checked: number;
  readonly findings: readonly DoctorFinding[];
  /** What `fix` has changed; what is still wrong afterwards is among the findings. */
  readonly mended: readonly { readonly id: string; readonly changed: number; readonly summary: string }[];
  readonly unchecked: readonly { readonly id: string; readonly reason: string }[];
  readonly durationMs: number;
}

export const doctorOutput: z.ZodType<DoctorOutput> = z.object({
  checked: z.int(),
  findings: z.array(
    z.object({
      id: z.string(),
      summary: z.string(),
      severity: z.enum(['error', 'notice']),
      count: z.int(),
      examples: z.array(
        z.object({ workspace: z.string().nullable(), subject: z.string(), detail: z.string().nullable() }),
      ),
      advice: z.string(),
      fix: z.string().nullable(),
    }),
  ),
  mended: z.array(z.object({ id: z.string(), changed: z.int(), summary: z.string() })),
  unchecked: z.array(z.object({ id: z.string(), reason: z.string() })),
  durationMs: z.int(),
});
