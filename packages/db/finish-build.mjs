// The composed schema with its migrations goes into the package as copies, since npm's tarballs drop symbolic links.
import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

cpSync(path('../../prisma'), path('dist/prisma'), { recursive: true, dereference: true });
