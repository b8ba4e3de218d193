import type { DocumentFormat } from '../media-type/decide-format.ts';

/** A value of the metadata with where it was read: `json-ld`, `open-graph`, `meta`, `html`, `heading`, `pdf`, … */
export interface Sourced<Value> {
  readonly value: Value;
  readonly source: MetadataSource;
}

export type MetadataSource = 'json-ld' | 'open-graph' | 'meta' | 'html' | 'heading' | 'front-matter' | 'pdf';

/** What a document says of itself. What it does not say is absent. */
export interface DocumentMetadata {
  /** What found the text: `readability`, `body`, `plain-text`, `pdf`, or `none` where the text is the document. */
  readonly extractor: string;
  readonly title?: Sourced<string>;
  readonly authors?: Sourced<readonly string[]>;
  /** ISO 8601, as precise as the document says it. */
  readonly publishedAt?: Sourced<string>;
  readonly modifiedAt?: Sourced<string>;
  readonly description?: Sourced<string>;
  /** A BCP 47 tag. */
  readonly language?: Sourced<string>;
  readonly siteName?: Sourced<string>;
  /** The address that the document calls its own, absolute. */
  readonly canonicalUri?: Sourced<string>;
  readonly pageCount?: Sourced<number>;
}

export interface ExtractInput {
  readonly bytes: Uint8Array;
  readonly format: DocumentFormat;
  /** The whole header, for its charset. */
  readonly contentTypeHeader?: string | undefined;
  /** Milliseconds after which reading HTML is given up; default 15,000. */
  readonly timeoutMs?: number | undefined;
  /** The address that the bytes came from, which relative links start from. */
  readonly url: string;
}

/** What a document holds for readers. */
export interface Extracted {
  readonly markdown: string;
  /** What the document calls itself; null when it does not. */
  readonly title: string | null;
  /** The encoding that the text was read in, by its WHATWG name; null for what is no text. */
  readonly charset: string | null;
  readonly metadata: DocumentMetadata;
}
