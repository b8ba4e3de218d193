#!/usr/bin/env node
// `version.mjs [--folder <checkout>]`: gives all packages the version that the changesets ask for, writes the changelogs,
// and lets what is made outside the workspace ask for that version.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrap, root } from './bootstrap.mjs';

const { values } = parseArgs({ options: { folder: { type: 'string' } } });
const folder = resolve(values.folder ?? root);
if (values.folder === undefined) bootstrap();

const changeset = join(root, 'node_modules', '@changesets', 'cli', 'bin.js');
const { status } = spawnSync(process.execPath, [changeset, 'version'], { cwd: folder, stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

const { version } = JSON.parse(readFileSync(join(folder, 'packages/sheaf/package.json'), 'utf8'));
const outside = join(folder, 'examples/plugin-bookmarks/package.json');
const manifest = readFileSync(outside, 'utf8').replaceAll(/("@sheaf\/[a-z-]+": )"\^[^"]+"/g, `$1"^${version}"`);
writeFileSync(outside, manifest);
