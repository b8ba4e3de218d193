import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { describeMigrations } from './support/migration-contract.ts';
import { createSqliteSystem } from './support/sqlite-system.ts';

const directory = mkdtempSync(join(tmpdir(), 'schema-engine-sqlite-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describeMigrations(createSqliteSystem(directory));
