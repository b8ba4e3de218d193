import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../bootstrap.mjs';
import { run } from './run.mjs';

const GROUPS = ['packages', 'plugins', 'examples', 'bench'];
/** What npm packs of a package whatever its `files` say. */
const ALWAYS = ['package.json', 'README.md', 'LICENSE'];

/**
 * Does in a copy of the checkout what the release does: versions by the changesets, packs, and publishes the tarballs to
 * the registry that `env` names. The packages must have been built. Gives the tarballs, with the names and versions.
 */
export async function release({ folder, env }) {
  const copy = join(folder, 'checkout');
  const packed = join(folder, 'packed');
  copyCheckout(copy);
  const node = (script, ...args) => run(process.execPath, [script, ...args], { cwd: copy, env });
  const changeset = join(root, 'node_modules', '@changesets', 'cli', 'bin.js');
  await node(join(root, 'scripts', 'version.mjs'), '--folder', copy);
  await node(changeset, 'pack', '--out-dir', packed);
  await node(changeset, 'publish', '--from-pack-dir', packed, '--no-git-tag');
  const { plan } = JSON.parse(readFileSync(join(packed, 'publish-plan.json'), 'utf8'));
  return plan.flat().map(({ name, version, tarball }) => ({ name, version, tarball: join(packed, tarball.path) }));
}

/** The manifests of the whole workspace, and of each package what is published. */
function copyCheckout(copy) {
  const take = (path) => {
    if (!existsSync(join(root, path))) return;
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(root, path), join(copy, path), { recursive: true });
  };
  for (const path of ['package.json', 'pnpm-workspace.yaml', 'LICENSE', '.changeset']) take(path);
  for (const folder of GROUPS.flatMap((group) => readdirSync(join(root, group)).map((name) => `${group}/${name}`))) {
    const manifest = join(root, folder, 'package.json');
    if (!existsSync(manifest)) continue;
    const { files = [] } = JSON.parse(readFileSync(manifest, 'utf8'));
    for (const path of [...ALWAYS, ...files]) take(`${folder}/${path}`);
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
}
