// What tsup and tsc leave to do.
import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

// The public type is the SQLite client's; nothing refers to the declarations of the other one.
rmSync(path('dist/generated/postgresql'), { recursive: true, force: true });

// Copies, since npm's tarballs drop symbolic links.
cpSync(path('../../prisma'), path('dist/prisma'), { recursive: true, dereference: true });
