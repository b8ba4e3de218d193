import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cacheDirectory = fileURLToPath(new URL('../../.cache', import.meta.url));
const prismaCli = join(dirname(createRequire(import.meta.url).resolve('prisma/package.json')), 'build/index.js');

export interface PrismaProject {
  readonly directory: string;
  /** Writes a file of the project. */
  write(path: string, content: string): void;
  read(path: string): string;
  /** Deletes a file or a folder. */
  delete(path: string): void;
  /** The names of the migrations, oldest first. */
  migrations(): readonly string[];
  /** Runs Prisma's own CLI in the project. */
  prisma(args: readonly string[], options?: RunOptions): Promise<RunResult>;
  remove(): void;
}

export interface RunOptions {
  /** The database; default the project's. */
  readonly url?: string;
  readonly shadowUrl?: string;
  readonly stdin?: string;
}

export interface RunResult {
  readonly exitCode: number | null;
  /** Both streams as they came. */
  readonly output: string;
  readonly stdout: string;
}

/** Makes a Prisma project of its own, in a folder from which this package's dependencies are found. */
export function createProject(options: {
  readonly provider: 'sqlite' | 'postgresql';
  readonly url: string;
}): PrismaProject {
  mkdirSync(cacheDirectory, { recursive: true });
  const directory = mkdtempSync(join(cacheDirectory, `${options.provider}-`));
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  };
  write(
    'prisma.config.ts',
    `import { defineConfig } from 'prisma/config';
import { useWasmSchemaEngine } from '../../src/index.ts';

useWasmSchemaEngine();

const { PROJECT_URL: url, PROJECT_SHADOW_URL: shadowDatabaseUrl } = process.env;
export default defineConfig({
  schema: 'prisma',
  datasource: { ...(url ? { url } : {}), ...(shadowDatabaseUrl ? { shadowDatabaseUrl } : {}) },
});
`,
  );
  write(
    'prisma/datasource.prisma',
    `datasource db {
  provider = "${options.provider}"
}

generator client {
  provider        = "prisma-client"
  output          = "../generated"
  previewFeatures = ["partialIndexes"]
}
`,
  );
  return {
    directory,
    write,
    read: (path) => readFileSync(join(directory, path), 'utf8'),
    delete: (path) => rmSync(join(directory, path), { recursive: true }),
    migrations: () =>
      readdirSync(join(directory, 'prisma/migrations'), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
        .toSorted(),
    prisma: (args, { url = options.url, shadowUrl, stdin = '' } = {}) =>
      run(args, directory, { PROJECT_URL: url, ...(shadowUrl ? { PROJECT_SHADOW_URL: shadowUrl } : {}) }, stdin),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function run(args: readonly string[], cwd: string, extra: NodeJS.ProcessEnv, stdin: string): Promise<RunResult> {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  // Nothing else of the environment: neither a DATABASE_URL nor Prisma's settings may leak into the tests.
  const env = {
    PATH,
    HOME,
    NODE_COMPILE_CACHE,
    NO_COLOR: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
    ...extra,
  };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [prismaCli, ...args], { cwd, env });
    let output = '';
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, output, stdout }));
    child.stdin.end(stdin);
  });
}
