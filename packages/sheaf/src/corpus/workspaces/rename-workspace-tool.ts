import { defineTool, type Tool } from '@sheaf/core';
import { z } from 'zod';
import type { CorpusContext } from '../corpus-context.ts';
import { displayWorkspace, type WorkspaceOutput, workspaceOutput } from './workspace-output.ts';

const input: z.ZodObject<{
  name: z.ZodString;
  to: z.ZodOptional<z.ZodString>;
  title: z.ZodOptional<z.ZodString>;
}> = z.object({
  name: z.string().min(1).describe('The workspace'),
  to: z.string().min(1).optional().describe('What commands are to call it'),
  title: z.string().min(1).optional().describe('What people are to call it'),
});

export const renameWorkspaceTool: Tool<typeof input, WorkspaceOutput, CorpusContext> = defineTool({
  summary: 'Rename a workspace',
  effect: 'write',
  needsData: true,
  command: 'rename workspace',
  positionals: ['name', 'to'],
  input,
  output: workspaceOutput,
  examples: [
    { input: { name: 'trial', to: 'acme' }, summary: 'Call it by another name' },
    { input: { name: 'acme', title: 'Acme Ltd' }, summary: 'Change what people read' },
  ],
  display: displayWorkspace,
  async run({ needs }: CorpusContext, { name, to, title }) {
    const renamed = await needs.data.workspaces.rename(name, {
      ...(to === undefined ? {} : { slug: to }),
      ...(title === undefined ? {} : { name: title }),
    });
    return { slug: renamed.slug, name: renamed.name, createdAt: renamed.createdAt };
  },
});
