import { isSheafError } from '@sheaf/core';
import { z } from 'zod';
import { parseDatabaseUrl } from './connection/database-url.ts';
import { dbErrors } from './errors.ts';

const milliseconds = z.int().min(1);

/** The settings of a database connection. Every field is optional; the defaults are those of `connect`. */
export const databaseConfigSchema: z.ZodType<DatabaseConfig> = z.strictObject({
  url: z.string().min(1).optional(),
  pool: z
    .strictObject({
      max: z.int().min(1).max(1_000).optional(),
      connectTimeoutMs: milliseconds.optional(),
      idleTimeoutMs: milliseconds.optional(),
      statementTimeoutMs: milliseconds.optional(),
    })
    .optional(),
  sqlite: z
    .strictObject({
      synchronous: z.enum(['NORMAL', 'FULL', 'OFF']).optional(),
      busyTimeoutMs: milliseconds.optional(),
      pragmas: z
        .record(z.string().regex(/^[a-z_]+$/), z.union([z.string().regex(/^[A-Za-z0-9_]+$/), z.int()]))
        .optional(),
      maxContentBytes: z.int().min(0).max(100_000_000).optional(),
    })
    .optional(),
  echoSql: z.boolean().optional(),
  transactionTimeoutMs: milliseconds.optional(),
});

export interface DatabaseConfig {
  readonly url?: string | undefined;
  readonly pool?:
    | {
        readonly max?: number | undefined;
        readonly connectTimeoutMs?: number | undefined;
        readonly idleTimeoutMs?: number | undefined;
        readonly statementTimeoutMs?: number | undefined;
      }
    | undefined;
  readonly sqlite?:
    | {
        readonly synchronous?: 'NORMAL' | 'FULL' | 'OFF' | undefined;
        readonly busyTimeoutMs?: number | undefined;
        readonly pragmas?: Readonly<Record<string, string | number>> | undefined;
        readonly maxContentBytes?: number | undefined;
      }
    | undefined;
  /** Whether each statement's text goes to the log. */
  readonly echoSql?: boolean | undefined;
  readonly transactionTimeoutMs?: number | undefined;
}

export interface ResolvedDatabaseConfig extends DatabaseConfig {
  readonly url: string;
}

export const DEFAULT_DATABASE_URL = '.sheaf/sheaf.db';

export interface DatabaseConfigSources {
  /** What the caller or the command line says. */
  readonly args?: DatabaseConfig | undefined;
  /** Such as `process.env`; only the variables named below are read. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** `database` of sheaf.config.ts. */
  readonly file?: DatabaseConfig | undefined;
}

type Reader = (text: string) => unknown;

const number: Reader = (text) => (text.trim() === '' ? Number.NaN : Number(text));
const boolean: Reader = (text) => ({ 1: true, true: true, 0: false, false: false })[text.toLowerCase()] ?? text;

/** The environment variables with the setting that each fills. `DATABASE_URL` counts where SHEAF_DATABASE_URL is not set. */
const VARIABLES: readonly (readonly [variable: string, path: readonly [string, string?], read: Reader])[] = [
  ['DATABASE_URL', ['url'], String],
  ['SHEAF_DATABASE_URL', ['url'], String],
  ['SHEAF_POOL_MAX', ['pool', 'max'], number],
  ['SHEAF_POOL_CONNECT_TIMEOUT_MS', ['pool', 'connectTimeoutMs'], number],
  ['SHEAF_POOL_IDLE_TIMEOUT_MS', ['pool', 'idleTimeoutMs'], number],
  ['SHEAF_STATEMENT_TIMEOUT_MS', ['pool', 'statementTimeoutMs'], number],
  ['SHEAF_SQLITE_SYNCHRONOUS', ['sqlite', 'synchronous'], String],
  ['SHEAF_SQLITE_BUSY_TIMEOUT_MS', ['sqlite', 'busyTimeoutMs'], number],
  ['SHEAF_SQLITE_MAX_CONTENT_BYTES', ['sqlite', 'maxContentBytes'], number],
  ['SHEAF_ECHO_SQL', ['echoSql'], boolean],
  ['SHEAF_TRANSACTION_TIMEOUT_MS', ['transactionTimeoutMs'], number],
];

/**
 * Settles the configuration: arguments before environment before file before default, setting by setting. Nothing else
 * is read, so that the same arguments, environment and file always give the same result.
 *
 * @throws `db.invalid-config` with all problems of all sources at once.
 */
export function resolveDatabaseConfig({ args, env = {}, file }: DatabaseConfigSources): ResolvedDatabaseConfig {
  const problems: string[] = [];
  const merged = [
    check('sheaf.config', file, problems),
    check('environment', fromEnvironment(env), problems),
    check('arguments', args, problems),
  ].reduce<DatabaseConfig>(merge, {});
  const url = merged.url ?? DEFAULT_DATABASE_URL;
  try {
    parseDatabaseUrl(url);
  } catch (error) {
    if (!isSheafError(error)) throw error;
    if (problems.length === 0) throw error;
    problems.push(`url: ${error.message} ${error.hint}`);
  }
  if (problems.length > 0) throw dbErrors.create('invalid-config', { problems });
  return { ...merged, url };
}

function check(source: string, config: unknown, problems: string[]): DatabaseConfig {
  if (config === undefined) return {};
  const result = databaseConfigSchema.safeParse(config);
  if (result.success) return result.data;
  for (const { path, message } of result.error.issues) problems.push(`${source}: ${path.join('.')}: ${message}`);
  return {};
}

function fromEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, unknown> {
  const config: Record<string, unknown> = {};
  for (const [variable, [section, field], read] of VARIABLES) {
    const text = env[variable];
    if (text === undefined || text === '') continue;
    if (field === undefined) config[section] = read(text);
    else config[section] = { ...(config[section] as object | undefined), [field]: read(text) };
  }
  return config;
}

function merge(base: DatabaseConfig, over: DatabaseConfig): DatabaseConfig {
  const defined = Object.fromEntries(Object.entries(over).filter(([, value]) => value !== undefined));
  return {
    ...base,
    ...defined,
    ...(base.pool || over.pool ? { pool: { ...base.pool, ...over.pool } } : {}),
    ...(base.sqlite || over.sqlite ? { sqlite: { ...base.sqlite, ...over.sqlite } } : {}),
  };
}
