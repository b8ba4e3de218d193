import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { EngineError } from './engine-error.ts';
import { quoteIdentifier, runOnDatabase, runOnServer } from './postgres-administration.ts';
import { parsePostgresUrl } from './postgres-url.ts';
import { providerOfUrl } from './provider.ts';
import { sqlitePathOf } from './sqlite-path.ts';

/** The sub-commands of `schema-engine cli`. */
export type DatabaseCommand = 'can-connect-to-database' | 'create-database' | 'drop-database';

/**
 * Checks, creates or drops the database of a URL.
 *
 * @returns the name of the database.
 * @throws EngineError P1003 if it does not exist, P1000, P1001, … if the server does not let us in.
 */
export async function runDatabaseCommand(command: DatabaseCommand, url: string): Promise<string> {
  return providerOfUrl(url) === 'sqlite' ? onSqlite(command, url) : onPostgres(command, url);
}

function onSqlite(command: DatabaseCommand, url: string): string {
  const path = sqlitePathOf(url);
  if (path === ':memory:') return path;
  switch (command) {
    case 'can-connect-to-database':
      if (!existsSync(path)) throw new EngineError(`Database \`${path}\` does not exist`, { code: 'P1003' });
      if (statSync(path).isDirectory()) throw new EngineError(`Database \`${path}\` is a directory`);
      break;
    case 'create-database':
      mkdirSync(dirname(path), { recursive: true });
      new Database(path).exec('PRAGMA user_version').close();
      break;
    case 'drop-database':
      for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
      break;
    default:
      command satisfies never;
  }
  return path;
}

async function onPostgres(command: DatabaseCommand, url: string): Promise<string> {
  const target = parsePostgresUrl(url);
  const { database } = target.config;
  switch (command) {
    case 'can-connect-to-database':
      await runOnDatabase(target, 'SELECT 1');
      break;
    case 'create-database':
      await runOnServer(target, `CREATE DATABASE ${quoteIdentifier(database)}`);
      await runOnDatabase(target, `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(target.schema)}`);
      break;
    case 'drop-database':
      await runOnServer(target, `DROP DATABASE IF EXISTS ${quoteIdentifier(database)} WITH (FORCE)`);
      break;
    default:
      command satisfies never;
  }
  return database;
}
