// What must hold of a schema folder. Each check gives a line that says what is wrong, or undefined.
import { join } from 'node:path';
import { composeRepository } from './compose-repository.mjs';
import { runPrisma } from './prisma-cli.mjs';

/** The folder is what the fragments compose to. */
export async function checkComposed(folder) {
  try {
    await composeRepository({ folder, check: true });
    return undefined;
  } catch (error) {
    return `compose --check: ${error.message}`;
  }
}

/** The migrations of a provider make the schema, no more and no less. `url` is a server or file to work beside. */
export function checkMigrations({ folder, provider, url }) {
  const args = ['--from-migrations', join(folder, provider, 'migrations'), '--to-schema', join(folder, provider)];
  return cli('the migrations do not make the schema', ['migrate', 'diff', '--exit-code', ...args], {
    folder,
    provider,
    url,
  });
}

/**
 * An empty database is brought up to date by the CLI, which then finds nothing to do; with the extras it has exactly
 * the tables of the schema.
 */
export async function checkDeployed({ folder, provider, url }) {
  const options = { folder, provider, url };
  const schema = join(folder, provider);
  return (
    (await cli('migrate deploy failed', ['migrate', 'deploy'], options)) ??
    (await cli('migrate status is not up to date', ['migrate', 'status'], options)) ??
    (await cli('the extras failed', ['db', 'execute', '--file', join(schema, 'extras.sql')], options)) ??
    (await cli(
      'a migrated database differs from the schema',
      ['migrate', 'diff', '--exit-code', '--from-config-datasource', '--to-schema', schema],
      options,
    ))
  );
}

async function cli(problem, args, { folder, provider, url }) {
  const { code, output } = await runPrisma(args, { url, folder });
  return code === 0 ? undefined : `${provider}: ${problem} (prisma ${args.slice(0, 2).join(' ')})\n${output.trim()}`;
}
