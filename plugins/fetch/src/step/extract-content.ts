import { canonicalJson, cleanJson, cleanText, contentHash, digestOf } from '@sheaf/core';
import { fetchErrors } from '../errors.ts';
import { extract } from '../extract/extract.ts';
import type { Extracted, ExtractInput } from '../extract/extracted.ts';
import { EXTRACTOR_CONFIG_HASH } from '../extract/extractor.ts';
import { OutOfTime } from '../extract/within-time.ts';
import type { DocumentFormat } from '../media-type/decide-format.ts';
import type { FetchNeeds } from '../needs.ts';
import type { Fetched, ReadHashes, ResultFacts } from './fetched.ts';
import type { Retrieved } from './retrieved.ts';

/** What extraction adds to what is known of a document. */
export type ExtractedContent = Pick<
  Extract<Fetched, { readonly kind: 'content' }>,
  'observed' | 'staged' | 'artifacts'
> & {
  readonly facts: Partial<ResultFacts>;
};

/** Names what is read (the bytes, and what decides how they are read) and what reads it. */
export function readHashes({ bytes, finalUrl, contentTypeHeader }: Retrieved): ReadHashes {
  const input = { bytes: contentHash(bytes), baseUrl: finalUrl, contentType: contentTypeHeader ?? null };
  return { inputHash: digestOf(input), configHash: EXTRACTOR_CONFIG_HASH };
}

export interface ExtractContentInput {
  readonly retrieved: Retrieved;
  readonly format: DocumentFormat;
  readonly mimeType: string;
  readonly hashes: ReadHashes;
  /** Milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Takes the text out and stages it with the bytes, so that the transaction that records them is short.
 *
 * @throws `fetch.extraction-failed`, `fetch.extraction-too-slow`.
 */
export async function extractContent(
  { needs }: { readonly needs: FetchNeeds },
  { retrieved, format, mimeType, hashes, timeoutMs }: ExtractContentInput,
): Promise<ExtractedContent> {
  const { bytes, contentTypeHeader, finalUrl } = retrieved;
  const extracted = await takeText({ bytes, format, contentTypeHeader, url: finalUrl, timeoutMs });
  const markdown = cleanText(extracted.markdown);
  const metadata = cleanJson({ ...extracted.metadata });
  const { contents } = needs.data;
  const encoder = new TextEncoder();
  const [body, text, facts] = await Promise.all([
    contents.stage(bytes),
    contents.stage(encoder.encode(markdown)),
    contents.stage(encoder.encode(canonicalJson(metadata))),
  ]);
  const key = { inputHash: hashes.inputHash ?? '', configHash: hashes.configHash ?? '' };
  return {
    observed: {
      bytesHash: body.hash,
      textHash: text.hash,
      mimeType,
      size: bytes.byteLength,
      title: extracted.title,
    },
    staged: [body, text, facts],
    artifacts: [
      { ...key, kind: 'markdown', contentHash: text.hash },
      { ...key, kind: 'metadata', contentHash: facts.hash },
    ],
    facts: {
      charset: extracted.charset,
      language: metadata.language?.value ?? null,
      title: extracted.title,
      canonicalUri: metadata.canonicalUri?.value ?? null,
      bytesHash: body.hash,
      textHash: text.hash,
      textLength: markdown.length,
      metadata,
    },
  };
}

async function takeText(input: ExtractInput): Promise<Extracted> {
  try {
    return await extract(input);
  } catch (error) {
    if (error instanceof OutOfTime) {
      throw fetchErrors.create('extraction-too-slow', { url: input.url, timeoutMs: error.timeoutMs }, { cause: error });
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw fetchErrors.create('extraction-failed', { url: input.url, reason }, { cause: error });
  }
}
