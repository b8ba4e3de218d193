#!/usr/bin/env node
// Starts the schema engine: from ../dist as published, from ../src in a checkout of the repository (which is not
// published), so that a stale build is never run by mistake.
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';

const source = new URL('../src/main.ts', import.meta.url);

// Prisma's CLI parses what the engine writes to stderr as one JSON object a line: Node's warnings would break it.
process.removeAllListeners('warning');

if (existsSync(source)) {
  // Packages of the same checkout are used from their sources too.
  registerHooks({
    resolve: (specifier, context, nextResolve) =>
      nextResolve(specifier, { ...context, conditions: [...context.conditions, '@sheaf/source'] }),
  });
  await import(source.href);
} else {
  await import(new URL('../dist/main.js', import.meta.url).href);
}
