import { accessSync, constants, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, isAbsolute } from 'node:path';
import { describe, expect, test } from 'vitest';
import { schemaEnginePath, useWasmSchemaEngine } from '../src/index.ts';
import { commandError, runEngine } from './support/run-engine.ts';

const require = createRequire(import.meta.url);

describe('the executable', () => {
  test('is where schemaEnginePath says, and may be executed', () => {
    expect(isAbsolute(schemaEnginePath)).toBe(true);
    accessSync(schemaEnginePath, constants.X_OK);
    expect(readFileSync(schemaEnginePath, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test('has the version that the installed Prisma CLI asks for', async () => {
    const { dependencies } = require('prisma/package.json') as { dependencies: Record<string, string> };
    const engines = createRequire(require.resolve('prisma/package.json'))('@prisma/engines/package.json') as {
      dependencies: Record<string, string>;
    };
    expect(dependencies['@prisma/engines']).toBe('7.10.0');
    const hash = engines.dependencies['@prisma/engines-version']?.split('.').at(-1);
    expect(await runEngine(['--version'])).toEqual({ exitCode: 0, stdout: `schema-engine-cli ${hash}\n`, stderr: '' });
  });

  test('answers requests in order, refuses unknown ones and ends with its input', async () => {
    const request = (id: number, method: string): object => ({ jsonrpc: '2.0', id, method, params: {} });
    const { exitCode, stdout } = await runEngine(
      ['--datasource', JSON.stringify({ url: 'file::memory:' })],
      [request(1, 'getDatabaseVersion'), request(2, 'getEverything'), request(3, 'getDatabaseVersion')],
    );
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(answers).toMatchObject([
      { jsonrpc: '2.0', id: 1, result: expect.stringMatching(/^\d/) },
      { id: 2, error: { data: { is_panic: false, message: expect.stringContaining('getEverything') } } },
      { id: 3, result: expect.stringMatching(/^\d/) },
    ]);
    expect(exitCode).toBe(0);
  });

  test('reports a panic of the engine as one', async () => {
    const { stdout } = await runEngine(
      ['--datasource', JSON.stringify({ url: 'file::memory:' })],
      [{ jsonrpc: '2.0', id: 1, method: 'debugPanic' }],
    );
    expect(JSON.parse(stdout)).toMatchObject({
      id: 1,
      error: { data: { is_panic: true, message: expect.stringContaining('debugPanic') } },
    });
  });

  test('answers parameters that the engine does not understand with an error', async () => {
    const { exitCode, stdout } = await runEngine(
      ['--datasource', JSON.stringify({ url: 'file::memory:' })],
      [{ jsonrpc: '2.0', id: 1, method: 'devDiagnostic', params: {} }],
    );
    expect(JSON.parse(stdout)).toMatchObject({
      id: 1,
      error: { data: { message: expect.stringContaining('missing field') } },
    });
    expect(exitCode).toBe(0);
  });

  test('refuses the URL of a database that it does not know, without repeating it', async () => {
    const { code, message } = await commandError('can-connect-to-database', 'mysql://root:hunter22@localhost/app');
    expect(code).toBe('P1013');
    expect(message).toContain('postgresql://');
    expect(message).not.toContain('hunter22');
  });
});

describe('useWasmSchemaEngine', () => {
  test('names the executable, and puts the running Node first on the path, once', () => {
    const env: NodeJS.ProcessEnv = { PATH: '/usr/bin' };
    useWasmSchemaEngine(env);
    expect(env.PRISMA_SCHEMA_ENGINE_BINARY).toBe(schemaEnginePath);
    expect(env.PATH).toBe([dirname(process.execPath), '/usr/bin'].join(delimiter));
    useWasmSchemaEngine(env);
    expect(env.PATH).toBe([dirname(process.execPath), '/usr/bin'].join(delimiter));
  });

  test('leaves an engine that the user chose', () => {
    const env: NodeJS.ProcessEnv = { PATH: '/usr/bin', PRISMA_SCHEMA_ENGINE_BINARY: '/opt/schema-engine' };
    useWasmSchemaEngine(env);
    expect(env).toEqual({ PATH: '/usr/bin', PRISMA_SCHEMA_ENGINE_BINARY: '/opt/schema-engine' });
  });
});
