import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkMigrations } from './checks.mjs';
import { runPrisma } from './prisma-cli.mjs';

const PROVIDERS = ['sqlite', 'postgresql'];

/**
 * Writes what the schema of a folder has changed as the next migration of each provider, by `prisma migrate dev` on an
 * empty database, under one name for both. A provider that the change does not touch gets a migration without a
 * statement, so that the histories keep step.
 *
 * Gives the name of the new folders, or undefined where the migrations already make the schema. Throws with what
 * Prisma said when a migration cannot be written or does not apply; then none is left.
 */
export async function authorMigration({ folder, name, emptyDatabase }) {
  const differs = await Promise.all(
    PROVIDERS.map(async (provider) => checkMigrations({ folder, provider, url: await emptyDatabase(provider) })),
  );
  if (differs.every((difference) => difference === undefined)) return undefined;
  const created = [];
  try {
    let common;
    for (const provider of PROVIDERS) {
      const migrations = join(folder, provider, 'migrations');
      const before = new Set(readdirSync(migrations));
      const options = { folder, url: await emptyDatabase(provider) };
      await prisma(['migrate', 'dev', '--create-only', '--name', name], options);
      const made = readdirSync(migrations).find((entry) => !before.has(entry));
      if (made === undefined) throw new Error(`prisma migrate dev wrote nothing into ${migrations}`);
      // It is named by the second in which it was made: the first one gives its name to the other.
      common ??= made;
      renameSync(join(migrations, made), join(migrations, common));
      created.push(join(migrations, common));
      await prisma(['migrate', 'deploy'], options);
    }
    return common;
  } catch (error) {
    for (const path of created) rmSync(path, { recursive: true, force: true });
    throw error;
  }
}

async function prisma(args, options) {
  const { code, output } = await runPrisma(args, options);
  if (code !== 0) throw new Error(`prisma ${args.join(' ')} failed\n${output.trim()}`);
}
