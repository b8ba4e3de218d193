// Prisma's CLI of this repository, as a child process with the repository's prisma.config.ts.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(new URL('../../packages/client/package.json', import.meta.url));

export const prismaVersion = require('prisma/package.json').version;

const cli = require.resolve('prisma/build/index.js');

export const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * Runs the CLI on the database of `url`, with the schema folder of the repository or another one. Gives the exit code
 * and what it printed on both streams.
 */
export function runPrisma(args, { url, folder = '' }) {
  const env = {
    ...process.env,
    SHEAF_DATABASE_URL: url,
    SHEAF_SCHEMA_FOLDER: folder,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    NO_COLOR: '1',
  };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...args], { cwd: repository, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('error', reject).on('close', (code) => resolve({ code, output }));
  });
}
