import type { WorkspaceIdentity } from '@sheaf/core';

export interface WorkspaceRecord extends WorkspaceIdentity {
  readonly name: string;
  readonly createdAt: Date;
}

/** Workspaces belong to the deployment: this repository is not scoped. */
export interface WorkspaceRepository {
  /** @throws `db.invalid-slug`, `db.workspace-exists`. */
  create(workspace: { readonly slug: string; readonly name?: string }): Promise<WorkspaceRecord>;
  /** The workspace, made if it does not exist; two processes may do so at once. @throws `db.invalid-slug`. */
  ensure(slug: string): Promise<WorkspaceRecord>;
  find(slug: string): Promise<WorkspaceRecord | undefined>;
  list(): Promise<readonly WorkspaceRecord[]>;
  rename(slug: string, name: string): Promise<WorkspaceRecord>;
}
