import type { Display } from '@sheaf/core';
import type { WorkspaceRecord } from '@sheaf/db';
import { z } from 'zod';

/** A workspace as its users know it; its number is the database's own. */
export type WorkspaceOutput = Omit<WorkspaceRecord, 'id'>;

export const workspaceOutput: z.ZodType<WorkspaceOutput> = z.object({
  slug: z.string(),
  name: z.string(),
  createdAt: z.date(),
});

export function displayWorkspace({ slug, name, createdAt }: WorkspaceOutput): Display {
  return {
    kind: 'record',
    title: slug,
    fields: [
      ['title', name],
      ['created', createdAt],
    ],
    next: [`sheaf status --workspace ${slug}`],
  };
}
