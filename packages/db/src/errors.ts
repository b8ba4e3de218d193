import { defineErrors, type ErrorCatalog, type ErrorSpec } from '@sheaf/core';

export type DbErrorSpecs = {
  readonly 'invalid-config': ErrorSpec<{ readonly problems: readonly string[] }>;
  readonly 'unsupported-url': ErrorSpec<{ readonly url: string }>;
  readonly 'connection-failed': ErrorSpec<{ readonly target: string; readonly reason: string }>;
  readonly 'no-client': ErrorSpec<{ readonly provider: string }>;
  readonly 'query-failed': ErrorSpec<{ readonly reason: string; readonly sql: string }>;
  readonly 'unique-violation': ErrorSpec<{ readonly fields: string; readonly sql: string }>;
  readonly 'foreign-key-violation': ErrorSpec<{ readonly reason: string; readonly sql: string }>;
  readonly busy: ErrorSpec<{ readonly reason: string }>;
  readonly 'disk-full': ErrorSpec<{ readonly target: string }>;
  readonly corrupt: ErrorSpec<{ readonly target: string; readonly reason: string }>;
  readonly 'disk-error': ErrorSpec<{ readonly target: string; readonly reason: string }>;
  readonly 'not-writable': ErrorSpec<{ readonly target: string; readonly reason: string }>;
  readonly 'not-permitted': ErrorSpec<{ readonly target: string; readonly reason: string }>;
  readonly canceled: ErrorSpec<Record<string, never>>;
  readonly conflict: ErrorSpec<{ readonly reason: string; readonly sql: string }>;
  readonly 'statement-timeout': ErrorSpec<{ readonly reason: string; readonly sql: string }>;
  readonly 'invalid-statement': ErrorSpec<{ readonly reason: string; readonly sql: string }>;
  readonly 'not-a-question': ErrorSpec<{ readonly sql: string }>;
  readonly 'unbound-parameter': ErrorSpec<{ readonly parameter: string; readonly sql: string }>;
  readonly 'invalid-value': ErrorSpec<{ readonly value: string; readonly reason: string; readonly sql: string }>;
  readonly 'misplaced-list': ErrorSpec<{ readonly value: string; readonly sql: string }>;
  readonly 'not-isolated': ErrorSpec<{ readonly target: string; readonly reason: string }>;
  readonly 'roles-refused': ErrorSpec<{ readonly reason: string }>;
  readonly 'missing-parameter': ErrorSpec<{ readonly name: string; readonly text: string }>;
  readonly 'unused-parameter': ErrorSpec<{ readonly names: readonly string[]; readonly text: string }>;
  readonly 'no-row': ErrorSpec<{ readonly sql: string }>;
  readonly 'several-rows': ErrorSpec<{ readonly count: number; readonly sql: string }>;
  readonly 'transaction-ended': ErrorSpec<Record<string, never>>;
  readonly 'transaction-failed': ErrorSpec<Record<string, never>>;
  readonly 'transaction-timeout': ErrorSpec<{ readonly timeoutMs: number }>;
  readonly 'transaction-options': ErrorSpec<{ readonly option: string; readonly outer: string }>;
  readonly 'read-only': ErrorSpec<{ readonly sql: string }>;
  readonly 'invalid-cursor': ErrorSpec<{ readonly reason: string }>;
  readonly 'unknown-workspace': ErrorSpec<{ readonly slug: string }>;
  readonly 'invalid-slug': ErrorSpec<{ readonly slug: string }>;
  readonly 'workspace-exists': ErrorSpec<{ readonly slug: string }>;
  readonly 'same-workspace': ErrorSpec<{ readonly slug: string }>;
  readonly 'uris-taken': ErrorSpec<{ readonly slug: string; readonly count: number; readonly example: string }>;
  readonly 'work-open': ErrorSpec<{ readonly count: number; readonly example: string }>;
  readonly 'not-found': ErrorSpec<{ readonly what: string; readonly id: string }>;
  readonly 'content-corrupt': ErrorSpec<{ readonly hash: string; readonly actual: string }>;
  readonly 'content-missing': ErrorSpec<{ readonly hash: string }>;
  readonly 'invalid-transition': ErrorSpec<{ readonly what: string; readonly from: string; readonly to: string }>;
  readonly 'run-open': ErrorSpec<{ readonly id: string }>;
  readonly 'lease-lost': ErrorSpec<{ readonly step: string }>;
  readonly 'backup-empty': ErrorSpec<{ readonly label: string }>;
  readonly 'backup-exists': ErrorSpec<{ readonly path: string }>;
  readonly 'backup-damaged': ErrorSpec<{ readonly path: string; readonly reason: string }>;
  readonly 'restore-refused': ErrorSpec<{ readonly target: string; readonly reason: string }>;
  readonly 'migration-failed': ErrorSpec<{ readonly migration: string; readonly reason: string }>;
  readonly 'migration-edited': ErrorSpec<{ readonly migration: string }>;
  readonly 'migration-unknown': ErrorSpec<{ readonly migrations: readonly string[] }>;
  readonly 'database-newer': ErrorSpec<{ readonly migrations: readonly string[] }>;
  readonly 'migration-unfinished': ErrorSpec<{ readonly migration: string; readonly reason: string | undefined }>;
  readonly 'no-migrations': ErrorSpec<{ readonly path: string }>;
  readonly 'not-migrated': ErrorSpec<{ readonly pending: readonly string[] }>;
  readonly 'invalid-schema': ErrorSpec<{ readonly problems: readonly string[] }>;
  readonly 'schema-drift': ErrorSpec<{ readonly files: readonly string[] }>;
  readonly 'invalid-limit': ErrorSpec<{ readonly limit: number; readonly maximum: number }>;
  readonly 'invalid-uri': ErrorSpec<{ readonly uri: string; readonly reason: string }>;
  readonly 'unknown-column': ErrorSpec<{ readonly column: string; readonly known: readonly string[] }>;
};

const ACCEPTED_URLS =
  'Use a path or a file: URL for SQLite (".sheaf/sheaf.db", "file:/var/data/sheaf.db"), or postgres:// for PostgreSQL.';

const BYTES_REMEDY =
  'Fetch its document again in full: `sheaf fetch <url> --force` stores the bytes anew. `sheaf doctor` names all that lack theirs.';

export const dbErrors: ErrorCatalog<DbErrorSpecs> = defineErrors<DbErrorSpecs>('db', {
  'invalid-config': {
    message: (p) => `The database configuration is not valid:\n- ${p.problems.join('\n- ')}`,
    hint: 'Each line names the setting and what it accepts.',
  },
  'unsupported-url': {
    message: (p) => `Sheaf cannot open the database "${p.url}".`,
    hint: ACCEPTED_URLS,
  },
  'connection-failed': {
    message: (p) => `No connection to the database ${p.target}: ${p.reason}`,
    hint: 'Check that the server runs, and the host, port, user, password and database name of the URL.',
  },
  'no-client': {
    message: (p) => `The app has no Prisma client for ${p.provider}.`,
    hint: 'Generate it with `prisma generate` and name it under `clients`, or use the other database.',
  },
  'query-failed': {
    message: (p) => `The database refused a statement: ${p.reason}`,
    hint: 'The cause holds the database’s own error.',
  },
  'unique-violation': {
    message: (p) => `A row with the same ${p.fields} exists already.`,
    hint: 'Read the row that exists, or write with an upsert.',
  },
  'foreign-key-violation': {
    message: (p) => `A row refers to one that does not exist: ${p.reason}`,
    hint: 'Write the row that is referred to first, in the same workspace; delete it after the rows that refer to it.',
  },
  busy: {
    message: (p) => `The database stayed locked by another process: ${p.reason}`,
    hint: 'Try again, or raise the busy timeout.',
  },
  'disk-full': {
    message: (p) => `The disk is full: ${p.target}`,
    hint: 'Make room and run the same command again; what was stored is intact.',
  },
  'disk-error': {
    message: (p) => `The system could not read or write ${p.target}: ${p.reason}`,
    hint: 'Look for a full disk, a quota or a limit on the size of files, and a failing disk; what was stored is intact.',
  },
  corrupt: {
    message: (p) => `The file ${p.target} is not a sound SQLite database: ${p.reason}`,
    hint: 'Restore it from a backup, or name another file.',
  },
  'not-writable': {
    message: (p) => `${p.target} cannot be written: ${p.reason}`,
    hint: 'Check the owner and the permissions of the file and of its folder.',
  },
  'not-permitted': {
    message: (p) => `The role of the database ${p.target} may not do this: ${p.reason}`,
    hint: 'Grant the role what it lacks; let the owner of the database run `sheaf db migrate`.',
  },
  canceled: {
    message: () => 'The work on the database was canceled.',
    hint: 'Nothing to do: whoever gave the AbortSignal ended it. A transaction that was canceled has changed nothing.',
  },
  conflict: {
    message: (p) => `The database gave the transaction up, since another one was in its way: ${p.reason}`,
    hint: 'Run the whole transaction again; `isRepeatable` of its options does so, for work that may run more than once.',
  },
  'statement-timeout': {
    message: (p) => `The database ended a statement: ${p.reason}`,
    hint: 'Raise the statement timeout, or ask for less at once.',
  },
  'invalid-statement': {
    message: (p) => `The SQL text cannot be sent to the database: ${p.reason}.`,
    hint: 'Send one whole statement at a time, its values bound by `sql` or as :name in the text of `query`.',
  },
  'not-a-question': {
    message: () => 'Only a statement that reads and changes nothing can be iterated.',
    hint: 'Use `all` for a statement that writes and returns rows.',
  },
  'unbound-parameter': {
    message: (p) => `The SQL text holds the parameter ${p.parameter}, to which no value belongs.`,
    hint: 'Bind values by the template `sql`, or as :name in the text of `query`; the port numbers the parameters of the database itself.',
  },
  'invalid-value': {
    message: (p) => `The database cannot take ${p.value}: it ${p.reason}.`,
    hint: 'Clean the value, or store it in another form: what one of the databases cannot hold is refused on both.',
  },
  'misplaced-list': {
    message: (p) => `The array ${p.value} does not stand alone in the parentheses of IN.`,
    hint: 'Write `column IN (:values)`, or the same with a value of `sql`; bind an array that is to be stored with json().',
  },
  'not-isolated': {
    message: (p) => `The database ${p.target} does not keep workspaces apart for this login: ${p.reason}`,
    hint: 'Let its owner run `sheaf db migrate`; a login of its own takes `GRANT sheaf_app, sheaf_engine TO <login>`.',
  },
  'roles-refused': {
    message: (p) => `The roles that keep workspaces apart are missing: ${p.reason}`,
    hint: 'Run the statements as an administrator of the server, once, and migrate again; nothing was changed.',
  },
  'missing-parameter': {
    message: (p) => `The SQL parameter :${p.name} has no value.`,
    hint: 'Pass a value for each :name of the statement; use null for SQL NULL. What is meant for the database itself goes into quotes.',
  },
  'unused-parameter': {
    message: (p) => `The statement has no parameter named ${p.names.map((name) => `:${name}`).join(', ')}.`,
    hint: 'Remove the values, or name them in the statement. A name in a quote or a comment is none; in the [ ] of an array write (:name).',
  },
  'no-row': {
    message: () => 'A statement that must give one row gave none.',
    hint: 'Use maybeOne where none is fine.',
  },
  'several-rows': {
    message: (p) => `A statement that must give one row gave ${p.count}.`,
    hint: 'Narrow the condition, or use all.',
  },
  'transaction-ended': {
    message: () => 'A statement was sent to a transaction that has ended.',
    hint: 'Await everything inside the transaction, and keep its repositories inside.',
  },
  'transaction-failed': {
    message: () => 'The transaction cannot go on, since one of its statements failed.',
    hint: 'Let the error through, or nest the statements that may fail in a transaction of their own. The cause is what failed first.',
  },
  'transaction-timeout': {
    message: (p) => `A transaction took longer than ${p.timeoutMs} ms and was rolled back.`,
    hint: 'Do less in one transaction, keep the network out of it, or raise its timeout.',
  },
  'transaction-options': {
    message: (p) => `A nested transaction cannot have ${p.option}: the outermost one has ${p.outer}.`,
    hint: 'Set the option where the outermost transaction begins.',
  },
  'read-only': {
    message: () => 'A statement that writes was sent to a transaction or snapshot that only reads.',
    hint: 'Write in a transaction that is not declared as read-only.',
  },
  'invalid-cursor': {
    message: (p) => `The page cursor is not valid: ${p.reason}`,
    hint: 'Pass `next` of the page before, with the same order.',
  },
  'unknown-workspace': {
    message: (p) => `There is no workspace "${p.slug}".`,
    hint: 'Create it first, or check its name with `sheaf status`.',
  },
  'invalid-slug': {
    message: (p) => `"${p.slug}" is no workspace name.`,
    hint: 'Use 1 to 63 lower-case letters, digits and "-", beginning with a letter or digit.',
  },
  'workspace-exists': {
    message: (p) => `The workspace "${p.slug}" exists already.`,
    hint: 'Choose another name, or use the one that exists.',
  },
  'same-workspace': {
    message: (p) => `The documents are in the workspace "${p.slug}" already.`,
    hint: 'Name another workspace to move them to.',
  },
  'uris-taken': {
    message: (p) =>
      `The workspace "${p.slug}" has ${p.count} of the URIs already, such as ${p.example}; nothing was moved.`,
    hint: 'Leave these documents out, or delete them in one of the workspaces first.',
  },
  'work-open': {
    message: (p) =>
      `${p.count} run(s) that the documents have a part in have not ended, such as "${p.example}"; nothing was moved.`,
    hint: 'Wait for their end, or cancel them with `sheaf cancel <run>`; `sheaf runs --status running` lists them.',
  },
  'not-found': {
    message: (p) => `There is no ${p.what} "${p.id}" in this workspace.`,
    hint: 'Check the spelling; `sheaf docs` and `sheaf runs` list what exists.',
  },
  'content-corrupt': {
    message: (p) => `The stored bytes of ${p.hash} have the hash ${p.actual}.`,
    hint: BYTES_REMEDY,
  },
  'content-missing': {
    message: (p) => `The bytes of ${p.hash} are not in the store.`,
    hint: BYTES_REMEDY,
  },
  'invalid-transition': {
    message: (p) => `A ${p.what} cannot go from "${p.from}" to "${p.to}".`,
    hint: 'Read its present status first; final statuses stay.',
  },
  'run-open': {
    message: (p) => `The run "${p.id}" has not ended.`,
    hint: 'Wait for its end; one that was interrupted ends when its command is given again.',
  },
  'lease-lost': {
    message: (p) => `The step ${p.step} belongs to another worker by now; nothing was written.`,
    hint: 'Nothing to do: the worker that holds the step finishes it.',
  },
  'backup-empty': {
    message: (p) => `There is nothing to back up: ${p.label} was never migrated.`,
    hint: 'Name the database by `--database`, or by SHEAF_DATABASE_URL.',
  },
  'backup-exists': {
    message: (p) => `${p.path} exists already; nothing was written.`,
    hint: 'Name a folder that does not exist, such as one with the date in its name.',
  },
  'backup-damaged': {
    message: (p) => `${p.path} is no whole backup: ${p.reason}`,
    hint: 'Take another backup. This one was changed after it had been written, or is not what `sheaf backup` writes.',
  },
  'restore-refused': {
    message: (p) => `Nothing was restored into ${p.target}: ${p.reason}`,
    hint: 'Name a database that does not exist or is empty, or let what is there be replaced (`--overwrite`).',
  },
  'migration-failed': {
    message: (p) => `The migration ${p.migration} failed and was rolled back: ${p.reason}`,
    hint: 'The database is as it was before. Correct the migration, or the rows that it meets, and migrate again.',
  },
  'migration-edited': {
    message: (p) => `The migration ${p.migration} was changed after it had been applied.`,
    hint: 'Restore the file as it was, and put the change into a new migration.',
  },
  'migration-unknown': {
    message: (p) => `The database has migrations that are not in the schema folder: ${p.migrations.join(', ')}`,
    hint: 'An app or a branch of its own migrated it: set `migrationsFolder` to its schema folder, or use another database.',
  },
  'database-newer': {
    message: (p) => `The database is newer than this version: it also has ${p.migrations.join(', ')}`,
    hint: 'Use the version that migrated it, or a backup from before.',
  },
  'migration-unfinished': {
    message: (p) =>
      `The migration ${p.migration} began earlier and did not finish${p.reason === undefined ? '.' : `: ${p.reason}`}`,
    hint: 'Correct it, tell the database by `prisma migrate resolve --rolled-back <name>` (or `--applied <name>` when all of it is there), and migrate again.',
  },
  'no-migrations': {
    message: (p) => `There is no migration to read at ${p.path}.`,
    hint: 'Name the schema folder: it holds <provider>/migrations, and each migration its migration.sql.',
  },
  'not-migrated': {
    message: (p) => `The database lacks ${p.pending.length} migration(s): ${p.pending.join(', ')}`,
    hint: 'Run `sheaf db migrate` or `prisma migrate deploy`.',
  },
  'invalid-schema': {
    message: (p) => `The schema fragments do not fit together:\n- ${p.problems.join('\n- ')}`,
    hint: 'Each line names the fragment and the model.',
  },
  'schema-drift': {
    message: (p) => `The composed schema is out of date: ${p.files.join(', ')}`,
    hint: 'Run `sheaf db compose` and commit what it writes.',
  },
  'invalid-limit': {
    message: (p) => `A page cannot have ${p.limit} items.`,
    hint: 'Use a whole number from 1 to 1,000, and `next` for the following page.',
  },
  'invalid-uri': {
    message: (p) => `"${p.uri}" cannot be a document’s URI: ${p.reason}`,
    hint: 'Leave it out, or register the resource under a shorter URI.',
  },
  'unknown-column': {
    message: (p) => `There is no column "${p.column}" to order by; known are ${p.known.join(', ')}.`,
    hint: 'Use one of the known names.',
  },
});
