export interface ArtifactKey {
  /** Hash of the bytes and of what else the step read. */
  readonly inputHash: string;
  /** markdown, metadata, links, json, chunks, … */
  readonly kind: string;
  /** Digest of the step's configuration with the tool's version. */
  readonly configHash: string;
}

export interface ArtifactRecord extends ArtifactKey {
  readonly contentHash: string;
  readonly runId: string | null;
  readonly createdAt: Date;
  readonly meta: Readonly<Record<string, unknown>> | null;
}

export interface NewArtifact extends ArtifactKey {
  /** Recorded in `contents` before. */
  readonly contentHash: string;
  readonly runId?: string;
  readonly meta?: Readonly<Record<string, unknown>>;
}

export interface ArtifactRepository {
  /** Keeps artifacts; an existing key stays as it is. */
  record(artifacts: readonly NewArtifact[]): Promise<void>;
  find(key: ArtifactKey): Promise<ArtifactRecord | undefined>;
  /** All artifacts of an input. */
  ofInput(inputHash: string): Promise<readonly ArtifactRecord[]>;
}
