import { defineTool, type Tool } from '@sheaf/core';
import { z } from 'zod';
import type { CorpusContext } from '../corpus-context.ts';
import { displayWorkspace, type WorkspaceOutput, workspaceOutput } from './workspace-output.ts';

const input: z.ZodObject<{ name: z.ZodString; title: z.ZodOptional<z.ZodString> }> = z.object({
  name: z.string().min(1).describe('What commands call it: lower-case letters, digits and "-"'),
  title: z.string().min(1).optional().describe('What people call it; default the name'),
});

export const createWorkspaceTool: Tool<typeof input, WorkspaceOutput, CorpusContext> = defineTool({
  summary: 'Create a workspace, which sees nothing of the others',
  effect: 'write',
  command: 'create workspace',
  positionals: ['name'],
  input,
  output: workspaceOutput,
  examples: [{ input: { name: 'acme', title: 'Acme Ltd' }, summary: 'A workspace for one client' }],
  display: displayWorkspace,
  async run({ needs }: CorpusContext, { name, title }) {
    const made = await needs.data.workspaces.create({ slug: name, ...(title === undefined ? {} : { name: title }) });
    return { slug: made.slug, name: made.name, createdAt: made.createdAt };
  },
});
