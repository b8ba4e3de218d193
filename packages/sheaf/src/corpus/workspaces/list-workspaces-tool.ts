import { type Display, defineTool, type Tool } from '@sheaf/core';
import { z } from 'zod';
import type { CorpusContext } from '../corpus-context.ts';
import { type WorkspaceOutput, workspaceOutput } from './workspace-output.ts';

const input: z.ZodObject<Record<never, never>> = z.object({});

export interface WorkspacesOutput {
  readonly items: readonly WorkspaceOutput[];
}

const output: z.ZodType<WorkspacesOutput> = z.object({ items: z.array(workspaceOutput) });

export const listWorkspacesTool: Tool<typeof input, WorkspacesOutput, CorpusContext> = defineTool({
  summary: 'List the workspaces of the database',
  effect: 'read',
  command: 'workspaces',
  input,
  output,
  examples: [{ input: {}, summary: 'Every workspace, the oldest first' }],
  display,
  async run({ needs }: CorpusContext) {
    const found = await needs.data.workspaces.list();
    return { items: found.map(({ slug, name, createdAt }) => ({ slug, name, createdAt })) };
  },
});

function display({ items }: WorkspacesOutput): Display {
  return {
    kind: 'table',
    columns: [{ title: 'workspace' }, { title: 'title', shrink: 1 }, { title: 'created', shrink: 2 }],
    rows: items.map(({ slug, name, createdAt }) => [slug, name, createdAt]),
  };
}
