import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { node, root } from '../bootstrap.mjs';
import { startRegistry } from './local-registry.mjs';
import { release } from './release.mjs';
import { run } from './run.mjs';

const { startPostgres } = await import('../../packages/testkit/src/postgres/start-postgres.ts');
const { createDatabase, databaseUrl, dropDatabases } = await import('../../packages/testkit/src/postgres/databases.ts');

const DATABASES = `sheaf_packages_${process.pid}_`;

const OWN = ['sheaf', '@sheaf/*', 'create-sheaf-plugin', 'sheaf-plugin-*'];

/** Packs all packages once, publishes them to a registry of their own, and starts PostgreSQL. */
export async function setup(project) {
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-packages-'));
  const undo = [() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })];
  const teardown = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const upstream = (await run('npm', ['config', 'get', 'registry'], { cwd: folder })).out.trim();
    const registry = await startRegistry({ folder, upstream, own: OWN });
    undo.push(registry.stop);
    const env = userEnvironment(folder, registry.url);
    const ofRepository = { ...env, PATH: process.env.PATH };
    project.provide('packed', await release({ folder, env: ofRepository }));
    const postgres = await startPostgres();
    undo.push(postgres.stop);
    // A server that was named goes on running: leave nothing behind.
    if (!postgres.isOwned) undo.push(() => dropDatabases(postgres.url, DATABASES));
    for (const [key, name] of Object.entries({ appPostgresUrl: 'app', emptyPostgresUrl: 'empty' })) {
      await createDatabase(postgres.url, DATABASES + name);
      project.provide(key, databaseUrl(postgres.url, DATABASES + name));
    }
    project.provide('postgresUrl', postgres.url);
    project.provide('userEnvironment', env);
    project.provide('folder', folder);
  } catch (error) {
    await teardown();
    throw error;
  }
  return teardown;
}

/**
 * The environment of somebody who installs packages: the pinned Node and npm, and nothing of this checkout, so that a
 * dependency that a package does not declare is missing.
 */
function userEnvironment(folder, registryUrl) {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync(node(), join(bin, 'node'));
  const npmrc = join(folder, 'npmrc');
  // npm publishes nothing without a token, whether the registry asks for one or not.
  writeFileSync(npmrc, `registry=${registryUrl}\n${registryUrl.replace('http:', '')}:_authToken=none\n`);
  const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => !entry.startsWith(root));
  const { HOME, LANG, TMPDIR } = process.env;
  return {
    PATH: [bin, ...path].join(delimiter),
    ...Object.fromEntries(Object.entries({ HOME, LANG, TMPDIR }).filter(([, value]) => value !== undefined)),
    NO_COLOR: '1',
    CI: 'true',
    npm_config_registry: registryUrl,
    npm_config_userconfig: npmrc,
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    npm_config_prefer_online: 'true',
    // Prisma's scripts ask for a binary from elsewhere, which the schema engine of Sheaf replaces.
    npm_config_ignore_scripts: 'true',
    // Provenance is for what a release workflow builds.
    npm_config_provenance: 'false',
    pnpm_config_provenance: 'false',
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  };
}
