import type { StagedContent } from '../bytes/byte-store.ts';

export interface ContentRepository {
  /** Prepares bytes outside the transaction that records them; see `record`. */
  stage(bytes: Uint8Array): Promise<StagedContent>;
  /** Records staged contents, inside the transaction that refers to them. Known ones are touched. */
  record(contents: readonly StagedContent[]): Promise<void>;
  /** The bytes, verified. @throws `db.content-missing`, `db.content-corrupt`. */
  read(hash: string): Promise<Uint8Array>;
}
