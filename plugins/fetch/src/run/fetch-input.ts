import { STAGE_STATUSES, type StageStatus } from '@sheaf/core';
import { stripCredentials } from '@sheaf/web';
import { z } from 'zod';

type StatusEnum = z.ZodEnum<{ [Status in StageStatus]: Status }>;

const globRules = '`*` stands for any characters, `?` for one; a glob must match the whole address.';

export const fetchInput: z.ZodObject<{
  url: z.ZodDefault<z.ZodArray<z.ZodString>>;
  ids: z.ZodDefault<z.ZodArray<z.ZodString>>;
  include: z.ZodDefault<z.ZodArray<z.ZodString>>;
  exclude: z.ZodDefault<z.ZodArray<z.ZodString>>;
  domain: z.ZodOptional<z.ZodString>;
  contains: z.ZodOptional<z.ZodString>;
  source: z.ZodOptional<z.ZodString>;
  foundBy: z.ZodOptional<z.ZodString>;
  status: z.ZodOptional<z.ZodArray<StatusEnum>>;
  retryFailed: z.ZodDefault<z.ZodBoolean>;
  refetch: z.ZodDefault<z.ZodBoolean>;
  force: z.ZodDefault<z.ZodBoolean>;
  limit: z.ZodOptional<z.ZodNumber>;
  concurrency: z.ZodDefault<z.ZodNumber>;
  dryRun: z.ZodDefault<z.ZodBoolean>;
}> = z.object({
  url: z
    .array(z.string().min(1).overwrite(stripCredentials))
    .default([])
    .describe(
      'Only these documents, whatever their status: web addresses (new ones are registered), file: URLs that a map ' +
        'has found, or ids; default: all that wait.',
    ),
  ids: z.array(z.string().min(1)).default([]).describe('Only the documents with these ids, whatever their status.'),
  include: z
    .array(z.string().min(1))
    .default([])
    .describe(`Only documents whose address matches one of these globs; default: all. ${globRules}`),
  exclude: z
    .array(z.string().min(1))
    .default([])
    .describe(`Leave out documents whose address matches one of these globs; default: none. ${globRules}`),
  domain: z.string().min(1).optional().describe('Only documents of this domain.'),
  contains: z.string().min(1).optional().describe('Only documents whose address contains this text.'),
  source: z.string().min(1).optional().describe('Only documents that this source (its id) names.'),
  foundBy: z.string().min(1).optional().describe('Only documents that this map run (its id) was the last to find.'),
  status: z
    .array(z.enum(STAGE_STATUSES))
    .optional()
    .describe('Only documents whose fetch has one of these statuses; default: pending and stale.'),
  retryFailed: z.boolean().default(false).describe('Also what has failed before; default false.'),
  refetch: z
    .boolean()
    .default(false)
    .describe(
      'Also what was fetched before, whatever came of it, asking for what has changed since; default false. ' +
        'What is gone is left out.',
    ),
  force: z
    .boolean()
    .default(false)
    .describe('Fetch again in full, without asking what has changed; implies refetch; default false.'),
  limit: z.int().min(1).optional().describe('Documents fetched at the most; default: no limit.'),
  concurrency: z
    .int()
    .min(1)
    .max(256)
    .default(8)
    .describe('Documents at work at once; default 8. The web client paces each host besides.'),
  dryRun: z.boolean().default(false).describe('Show how many would be fetched and write nothing; default false.'),
});

export type FetchInput = z.output<typeof fetchInput>;
