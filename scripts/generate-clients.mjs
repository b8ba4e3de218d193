#!/usr/bin/env node
// Generates the Prisma clients of both providers into packages/client/src/generated. Does nothing when the schema and
// Prisma's version are those of the last time; --force generates anyway.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prismaVersion, repository, runPrisma } from './schema/prisma-cli.mjs';

const generated = join(repository, 'packages/client/src/generated');
const stampFile = join(generated, 'stamp');

// The URL chooses the provider's folder; generating opens no database.
const providers = { sqlite: 'file::memory:', postgresql: 'postgresql://localhost/none' };

function schemaStamp() {
  const hash = createHash('sha256').update(prismaVersion);
  const models = join(repository, 'prisma/models');
  const files = [
    ...readdirSync(models).map((name) => join(models, name)),
    ...Object.keys(providers).map((provider) => join(repository, 'prisma', provider, 'datasource.prisma')),
  ];
  for (const file of files.sort()) hash.update(`\0${file.slice(repository.length)}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

const stamp = schemaStamp();
const isCurrent =
  existsSync(stampFile) &&
  readFileSync(stampFile, 'utf8') === stamp &&
  Object.keys(providers).every((provider) => existsSync(join(generated, provider, 'client.ts')));

if (!isCurrent || process.argv.includes('--force')) {
  const started = Date.now();
  const results = await Promise.all(
    Object.entries(providers).map(async ([provider, url]) => ({
      provider,
      ...(await runPrisma(['generate', '--no-hints'], { url })),
    })),
  );
  const failed = results.filter(({ code }) => code !== 0);
  for (const { provider, output } of failed) console.error(`generate-clients: ${provider} failed\n${output}`);
  if (failed.length > 0) process.exit(1);
  mkdirSync(generated, { recursive: true });
  writeFileSync(stampFile, stamp);
  console.error(`generate-clients: generated ${Object.keys(providers).join(' and ')} in ${Date.now() - started} ms`);
}
