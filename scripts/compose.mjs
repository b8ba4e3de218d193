#!/usr/bin/env node
// Composes the fragments of all first-party owners into prisma/. With --check it compares and fails on a difference.
import { fileURLToPath } from 'node:url';
import { composeRepository } from './schema/compose-repository.mjs';

const check = process.argv.includes('--check');
try {
  const { changed } = await composeRepository({ folder: fileURLToPath(new URL('../prisma', import.meta.url)), check });
  console.log(changed.length === 0 ? 'compose: prisma/ is up to date' : `compose: wrote ${changed.join(', ')}`);
} catch (error) {
  console.error(`compose: ${error.message}${error.hint ? `\n${error.hint}` : ''}`);
  process.exitCode = 1;
}
