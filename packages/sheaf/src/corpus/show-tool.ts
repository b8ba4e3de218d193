import { type Display, defineTool, type Tool } from '@sheaf/core';
import { dbErrors } from '@sheaf/db';
import { z } from 'zod';
import type { CorpusContext } from './corpus-context.ts';
import { documentOutput } from './docs-tool.ts';

const input = z.object({
  document: z.string().min(1).describe('The document: its id, or any of its URLs'),
  text: z.boolean().default(false).describe('Show the extracted text as Markdown'),
  raw: z.boolean().default(false).describe('Show the stored bytes as text'),
  versions: z.int().min(1).max(1_000).default(20).describe('Versions to list, newest first'),
});

const output = documentOutput.extend({
  uris: z.array(z.object({ uri: z.string(), kind: z.string(), createdAt: z.date() })),
  sources: z.array(
    z.object({
      sourceId: z.string(),
      sourceUri: z.string(),
      method: z.string(),
      foundAt: z.string().nullable(),
      firstSeenAt: z.date(),
      lastSeenAt: z.date(),
      goneAt: z.date().nullable(),
    }),
  ),
  versions: z.array(
    z.object({
      version: z.int(),
      action: z.enum(['created', 'updated', 'deleted', 'restored']),
      bytesHash: z.string().nullable(),
      textHash: z.string().nullable(),
      mimeType: z.string().nullable(),
      size: z.int().nullable(),
      runId: z.string().nullable(),
      createdAt: z.date(),
      meta: z.record(z.string(), z.unknown()).nullable(),
    }),
  ),
  text: z.string().optional(),
  raw: z.string().optional(),
});

export type ShowOutput = z.output<typeof output>;

export const showTool: Tool<typeof input, ShowOutput, CorpusContext> = defineTool({
  summary: 'Show one document: where it came from, its versions, its text',
  effect: 'read',
  command: 'show',
  positionals: ['document'],
  input,
  output,
  examples: [{ input: { document: 'https://docs.example.com/guide', text: true }, summary: 'a page as Markdown' }],
  display,
  async run({ needs }: CorpusContext, options) {
    const { documents, contents } = needs.data;
    const found = await documents.find(options.document);
    if (!found) throw dbErrors.create('not-found', { what: 'document', id: options.document });
    const shown: ShowOutput = {
      ...(found as z.output<typeof documentOutput>),
      uris: [...(await documents.uris(found.id))],
      sources: [...(await documents.sources(found.id))],
      versions: (await documents.versions(found.id, { limit: options.versions })).items.map((one) => ({
        ...one,
        meta: one.meta as Record<string, unknown> | null,
      })),
    };
    // The text is stored under its own hash, which the document names.
    if (options.text && found.textHash) {
      shown.text = new TextDecoder().decode(await contents.read(found.textHash));
    }
    if (options.raw && found.bytesHash) {
      shown.raw = new TextDecoder().decode(await contents.read(found.bytesHash));
    }
    return shown;
  },
});

function display(document: ShowOutput): Display {
  const body = document.text ?? document.raw;
  if (body !== undefined) return { kind: 'text', text: body };
  return {
    kind: 'record',
    title: document.title ?? document.uri,
    fields: [
      ['id', document.id],
      ['url', document.uri],
      ...document.uris.filter(({ kind }) => kind !== 'canonical').map(({ kind, uri }) => [kind, uri] as const),
      ['type', document.mimeType],
      ['bytes', document.contentLength],
      ['first seen', document.firstSeenAt],
      ['last seen', document.lastSeenAt],
      ['changed', document.changedAt],
      ['gone', document.goneAt],
      ...Object.entries(document.stages).map(
        ([stage, { status, errorMessage }]) =>
          [`stage ${stage}`, errorMessage ? `${status}: ${errorMessage}` : status] as const,
      ),
      ...document.sources.map(
        ({ sourceUri, method, foundAt }) =>
          ['found by', foundAt ? `${method} of ${sourceUri}, at ${foundAt}` : `${method} of ${sourceUri}`] as const,
      ),
      ...document.versions.map(
        ({ version, action, createdAt, size }) =>
          [`version ${version}`, `${action} ${createdAt.toISOString()}, ${size ?? 0} bytes`] as const,
      ),
    ],
    next: document.textHash ? [`sheaf show ${document.uri} --text`] : [],
  };
}
