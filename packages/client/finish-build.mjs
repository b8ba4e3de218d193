// The public type is the SQLite client's: nothing refers to the declarations of the other one.
import { rmSync } from 'node:fs';

rmSync(new URL('dist/generated/postgresql', import.meta.url), { recursive: true, force: true });
