/**
 * The roles of a PostgreSQL server that Sheaf's databases share. None can log in and none owns anything: who connects
 * takes one of them for each transaction, so that the login itself needs no more than to be a member.
 */
export const ROLES = {
  /** Works in one workspace, the one that the transaction is bound to. */
  app: 'sheaf_app',
  /** Registers workers, paces hosts, and claims and returns steps of all workspaces. Reads and writes nothing else. */
  engine: 'sheaf_engine',
  /** Makes and deletes workspaces, and checks and mends what is stored in all of them. */
  admin: 'sheaf_admin',
} as const;

/** The setting of a transaction that says which workspace it is bound to. */
export const WORKSPACE_SETTING = 'sheaf.workspace_id';

/** What PostgreSQL reports when the one who migrates may not make the roles: a code of our own. */
export const ROLES_REFUSED = 'SHF01';
