import { type Display, defineTool, type Tool } from '@sheaf/core';
import {
  type DocumentSourceRecord,
  type DocumentUriRecord,
  type DocumentVersionRecord,
  type DocumentView,
  dbErrors,
} from '@sheaf/db';
import { z } from 'zod';
import { shellWord } from '../shell-word.ts';
import type { CorpusContext } from './corpus-context.ts';
import { documentSchema, documentSourceSchema, uriSchema, versionSchema } from './schemas.ts';

const input: z.ZodObject<{
  document: z.ZodString;
  text: z.ZodDefault<z.ZodBoolean>;
  raw: z.ZodDefault<z.ZodBoolean>;
  versions: z.ZodDefault<z.ZodInt>;
}> = z.object({
  document: z.string().min(1).describe('The document: its id, or any of its URLs'),
  text: z.boolean().default(false).describe('Show the extracted text as Markdown'),
  raw: z.boolean().default(false).describe('Show the stored bytes as text'),
  versions: z.int().min(1).max(1_000).default(20).describe('Versions to list, newest first'),
});

export interface ShowOutput {
  readonly document: DocumentView;
  readonly uris: readonly DocumentUriRecord[];
  readonly sources: readonly DocumentSourceRecord[];
  /** Newest first. */
  readonly versions: readonly DocumentVersionRecord[];
  readonly text?: string;
  readonly raw?: string;
}

const output: z.ZodType<ShowOutput> = z.object({
  document: documentSchema,
  uris: z.array(uriSchema),
  sources: z.array(documentSourceSchema),
  versions: z.array(versionSchema),
  text: z.string().exactOptional(),
  raw: z.string().exactOptional(),
});

export const showTool: Tool<typeof input, ShowOutput, CorpusContext> = defineTool({
  summary: 'Show one document: where it came from, its versions, its text',
  effect: 'read',
  command: 'show',
  positionals: ['document'],
  input,
  output,
  examples: [{ input: { document: 'https://docs.example.com/guide', text: true }, summary: 'A page as Markdown' }],
  display,
  async run({ needs }: CorpusContext, options) {
    const { documents, contents } = needs.data;
    const found = await documents.find(options.document);
    if (!found) throw dbErrors.create('not-found', { what: 'document', id: options.document });
    // The text is stored under its own hash, which the document names.
    const read = async (hash: string): Promise<string> => new TextDecoder().decode(await contents.read(hash));
    return {
      document: found,
      uris: await documents.uris(found.id),
      sources: await documents.sources(found.id),
      versions: (await documents.versions(found.id, { limit: options.versions })).items,
      ...(options.text && found.textHash ? { text: await read(found.textHash) } : {}),
      ...(options.raw && found.bytesHash ? { raw: await read(found.bytesHash) } : {}),
    };
  },
});

function display({ document, uris, sources, versions, text, raw }: ShowOutput): Display {
  const body = text ?? raw;
  if (body !== undefined) return { kind: 'text', text: body };
  return {
    kind: 'record',
    title: document.title ?? document.uri,
    fields: [
      ['id', document.id],
      ['url', document.uri],
      ...uris.filter(({ kind }) => kind !== 'canonical').map(({ kind, uri }) => [kind, uri] as const),
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
      ...sources.map(
        ({ sourceUri, method, foundAt }) =>
          ['found by', foundAt ? `${method} of ${sourceUri}, at ${foundAt}` : `${method} of ${sourceUri}`] as const,
      ),
      ...versions.map(
        ({ version, action, createdAt, size }) =>
          [`version ${version}`, `${action} ${createdAt.toISOString()}, ${size ?? 0} bytes`] as const,
      ),
    ],
    next: document.textHash ? [`sheaf show ${shellWord(document.uri)} --text`] : [],
  };
}
