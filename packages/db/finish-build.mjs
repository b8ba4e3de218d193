// The composed schema with its migrations goes into the package as copies: npm's tarballs drop symbolic links, and what
// cleans dist must not follow one out of it (`cpSync` keeps nested links whatever its options say).
import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

function copy(from, to) {
  if (!statSync(from).isDirectory()) return copyFileSync(from, to);
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) copy(join(from, name), join(to, name));
}

const target = fileURLToPath(new URL('dist/prisma', import.meta.url));
rmSync(target, { recursive: true, force: true });
copy(fileURLToPath(new URL('../../prisma', import.meta.url)), target);
