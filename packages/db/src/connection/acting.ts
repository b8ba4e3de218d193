import { ROLES, WORKSPACE_SETTING } from '../tenancy/roles.ts';

/** On whose behalf a transaction works: a workspace, or the deployment in one of its roles. */
export type Acting = { readonly workspaceId: number } | { readonly role: DeploymentRole };

/** `engine` claims and sweeps in all workspaces; `admin` makes, deletes, checks and mends workspaces. */
export type DeploymentRole = 'engine' | 'admin';

/** The statement that gives a transaction on PostgreSQL its role and its workspace, until it ends. */
export function actingStatement(acting: Acting): string {
  if ('workspaceId' in acting) {
    if (!Number.isSafeInteger(acting.workspaceId)) throw new TypeError('The id of a workspace is a whole number.');
    return `SELECT set_config('role', '${ROLES.app}', true), set_config('${WORKSPACE_SETTING}', '${acting.workspaceId}', true)`;
  }
  if (acting.role === 'engine') return `SELECT set_config('role', '${ROLES.engine}', true)`;
  // What looks after a database has to work on one that lacks the role, or whose login may not take it: there it acts as
  // the login, which gives it no more than the login has.
  return `SELECT set_config('role', rolname, true) FROM pg_roles
    WHERE rolname = '${ROLES.admin}' AND pg_has_role(session_user, oid, 'MEMBER')`;
}
