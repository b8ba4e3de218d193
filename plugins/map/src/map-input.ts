import { stripCredentials } from '@sheaf/web';
import { z } from 'zod';

const globs = (what: string): z.ZodDefault<z.ZodArray<z.ZodString>> =>
  z.array(z.string().min(1)).default([]).describe(what);

const globRules = '`*` stands for any characters, `/` too, `?` for one; a glob must match the whole address.';

export const mapInput: z.ZodObject<{
  source: z.ZodString;
  method: z.ZodDefault<z.ZodEnum<{ auto: 'auto'; sitemap: 'sitemap'; crawl: 'crawl'; feed: 'feed'; folder: 'folder' }>>;
  maxDepth: z.ZodDefault<z.ZodNumber>;
  maxPages: z.ZodDefault<z.ZodNumber>;
  limit: z.ZodOptional<z.ZodNumber>;
  include: z.ZodDefault<z.ZodArray<z.ZodString>>;
  exclude: z.ZodDefault<z.ZodArray<z.ZodString>>;
  allowExternal: z.ZodDefault<z.ZodBoolean>;
  sitemap: z.ZodOptional<z.ZodURL>;
  dryRun: z.ZodDefault<z.ZodBoolean>;
}> = z
  .object({
    source: z
      .string()
      .min(1)
      .overwrite(stripCredentials)
      .describe('What to map: a web address (https://example.com), or the path or file: URL of a folder.'),
    method: z
      .enum(['auto', 'sitemap', 'crawl', 'feed', 'folder'])
      .default('auto')
      .describe(
        'How to find documents. auto (default): a folder as folder; a sitemap or feed as what it is; else by the site’s ' +
          'sitemaps, and if there are none by a crawl.',
      ),
    maxDepth: z
      .number()
      .int()
      .min(0)
      .max(100)
      .default(10)
      .describe(
        'For a crawl: links from the start to a document at the most; default 10. Pages that far are not read.',
      ),
    maxPages: z
      .number()
      .int()
      .min(1)
      .default(1_000)
      .describe('For a crawl: pages requested at the most; default 1000. Documents are registered without a request.'),
    limit: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe('Documents registered at the most, counted after include and exclude; default: no limit.'),
    include: globs(
      `Register only documents whose canonical address matches one of these globs; default: all. ${globRules} ` +
        'A crawl reads the start and the pages that match.',
    ),
    exclude: globs(
      `Leave out documents whose canonical address matches one of these globs; default: none. ${globRules}`,
    ),
    allowExternal: z
      .boolean()
      .default(false)
      .describe(
        'Register addresses on other hosts than the source’s too; default false: the same host only, and for a feed also ' +
          'the host of the site it belongs to. A crawl never reads pages of other hosts.',
      ),
    sitemap: z
      .url({ protocol: /^https?$/ })
      .overwrite(stripCredentials)
      .optional()
      .describe('The address of the sitemap or sitemap index to read; default: those of the site.'),
    dryRun: z
      .boolean()
      .default(false)
      .describe('Show what would be found and write nothing; default false. A crawl makes its requests all the same.'),
  })
  .refine(({ sitemap, method }) => sitemap === undefined || method === 'auto' || method === 'sitemap', {
    path: ['sitemap'],
    message: 'A sitemap goes with the methods auto and sitemap only',
  });

export type MapInput = z.output<typeof mapInput>;
