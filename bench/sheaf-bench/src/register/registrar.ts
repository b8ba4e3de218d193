import type { MappedUrl } from './mapped-url.ts';

/** Where a contender writes: a migrated database with a workspace, a source and a run of it. */
export interface RegistrarTarget {
  readonly url: string;
  readonly workspaceId: number;
  readonly sourceId: string;
  readonly runId: string;
}

/** One way of registering what a map has found. */
export interface Registrar {
  /** Writes documents, URIs, sources, results and stages of a batch, in one transaction. */
  register(batch: readonly MappedUrl[]): Promise<void>;
  close(): Promise<void>;
}

export type OpenRegistrar = (target: RegistrarTarget) => Promise<Registrar>;
