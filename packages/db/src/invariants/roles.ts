import { joinSql, rawSql, sql } from '../sql/statement.ts';
import { ROLES } from '../tenancy/roles.ts';
import type { Invariant } from './invariant.ts';

const NAMES = joinSql(
  Object.values(ROLES).map((name) => sql`${name}`),
  ', ',
);
const HERE = rawSql('quote_ident(current_schema())::regnamespace');

/** What would let a role get round the policies. That these are there and say the right thing is `database.extras`. */
const LOOPHOLES = [
  sql`
    SELECT r.rolname::text AS subject, 'the server lets it ' || p.power AS detail
    FROM pg_roles r CROSS JOIN LATERAL (VALUES
      (r.rolsuper, 'do anything'), (r.rolbypassrls, 'see all rows'), (r.rolcanlogin, 'log in'),
      (r.rolcreaterole, 'make roles'), (r.rolcreatedb, 'make databases'), (r.rolreplication, 'replicate')
    ) AS p (has_it, power)
    WHERE p.has_it AND r.rolname IN (${NAMES})`,
  sql`
    SELECT r.rolname::text, 'owns the ' || pg_describe_object(d.classid, d.objid, d.objsubid)
    FROM pg_roles r JOIN pg_shdepend d ON d.refobjid = r.oid AND d.refclassid = 'pg_authid'::regclass AND d.deptype = 'o'
    WHERE r.rolname IN (${NAMES}) AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  sql`
    SELECT m.member::regrole::text, 'is a member of ' || m.roleid::regrole::text FROM pg_auth_members m
    WHERE m.member IN (SELECT oid FROM pg_roles WHERE rolname IN (${NAMES}))`,
  sql`
    SELECT p.tablename::text, 'the policy ' || p.policyname || ' lets more rows through' FROM pg_policies p
    WHERE p.schemaname = current_schema() AND p.permissive = 'PERMISSIVE' AND p.policyname NOT IN (${NAMES})
      AND p.roles && ARRAY['public', ${NAMES}]::name[]`,
  sql`
    SELECT c.relname::text, a.grantee::regrole::text || ' has ' || a.privilege_type
    FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) AS a
    WHERE c.relnamespace = ${HERE} AND c.relkind IN ('r', 'p', 'v', 'm')
      AND a.grantee IN (SELECT oid FROM pg_roles WHERE rolname IN (${NAMES}))
      AND a.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')`,
  sql`
    SELECT c.relname::text, ${ROLES.app} || ' reads it past the policies' FROM pg_class c
    WHERE c.relnamespace = ${HERE} AND has_table_privilege(${ROLES.app}, c.oid, 'SELECT') AND CASE c.relkind
      WHEN 'v' THEN NOT coalesce(c.reloptions && ARRAY['security_invoker=true', 'security_invoker=on'], false)
      WHEN 'm' THEN true
      WHEN 'r' THEN NOT c.relrowsecurity AND EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace_id' AND NOT a.attisdropped
      )
      ELSE false
    END`,
];

/** Who may see whose rows on PostgreSQL, as far as anything but the composed policies says so. */
export const roleInvariants: readonly Invariant[] = [
  {
    id: 'database.roles',
    summary: 'Nothing lets a role of the database past the policies that keep workspaces apart.',
    scope: 'deployment',
    advice:
      'Take from the role or the table what is named, as an administrator of the server: ALTER ROLE, REVOKE, DROP.',
    async find({ sql: db }) {
      if (db.dialect.provider === 'sqlite') return sql`SELECT NULL AS subject, NULL AS detail WHERE false`;
      const [role] = await db.all(sql`SELECT FROM pg_roles WHERE rolname = ${ROLES.app}`);
      return role ? joinSql(LOOPHOLES, ' UNION ALL ') : { unchecked: 'there are no roles yet' };
    },
  },
];
