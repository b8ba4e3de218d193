import type { ForeignKey, ForeignKeyColumn } from '../deletion/foreign-keys.ts';

export const TENANT = 'workspace_id';

/** The columns of a key besides the one of the workspace. */
export function ownColumns({ columns }: ForeignKey): readonly ForeignKeyColumn[] {
  return columns.filter(({ target }) => target !== TENANT);
}

/** Whether both ends of a key are rows of workspaces. */
export function staysInWorkspace(key: ForeignKey): boolean {
  return ownColumns(key).length > 0 && ownColumns(key).length < key.columns.length;
}

/** Whether a row always refers to one by the key. */
export function isRequired(key: ForeignKey): boolean {
  return ownColumns(key).every(({ isOptional }) => !isOptional);
}

/** Whether a row is there for the sake of the one that it refers to. */
export function belongs(key: ForeignKey): boolean {
  return key.onDelete === 'CASCADE' || isRequired(key);
}
