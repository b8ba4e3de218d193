import { readFileSync } from 'node:fs';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { describe, expect, inject, test } from 'vitest';

const REPOSITORY = 'git+https://github.com/sheaf-data/sheaf.git';
const packed = inject('packed');

test('all packages of the workspace that are not private are released, under one version', () => {
  expect(packed.map(({ name }) => name).sort()).toEqual([
    '@sheaf/adapter-sqlite',
    '@sheaf/client',
    '@sheaf/core',
    '@sheaf/db',
    '@sheaf/engine',
    '@sheaf/plugin-fetch',
    '@sheaf/plugin-map',
    '@sheaf/schema-engine',
    '@sheaf/testkit',
    '@sheaf/web',
    'create-sheaf-plugin',
    'sheaf',
  ]);
  expect(new Set(packed.map(({ version }) => version)).size).toBe(1);
});

describe.each(packed)('$name', ({ name, version, tarball }) => {
  const bytes = readFileSync(tarball);

  test('says where it comes from, under which licence, and with which proof', () => {
    const { manifest, names } = contents(bytes);
    expect(manifest).toMatchObject({
      name,
      version,
      license: 'Apache-2.0',
      repository: { type: 'git', url: REPOSITORY, directory: expect.stringMatching(/^(packages|plugins)\//) },
      publishConfig: { access: 'public', provenance: true },
      engines: { node: '>=22.19' },
    });
    expect(names).toEqual(expect.arrayContaining(['LICENSE', 'README.md']));
  });

  test('asks for the other packages of its own release, and no more of the workspace', () => {
    const { manifest } = contents(bytes);
    const { dependencies = {}, peerDependencies = {}, optionalDependencies = {} } = manifest;
    const asked = Object.entries({ ...dependencies, ...peerDependencies, ...optionalDependencies });
    expect(JSON.stringify(manifest)).not.toMatch(/workspace:|catalog:|@sheaf\/source/);
    const released = new Map(packed.map((one) => [one.name, one.version]));
    const own = asked.filter(([dependency]) => dependency === 'sheaf' || dependency.startsWith('@sheaf/'));
    expect(own).toEqual(own.map(([dependency]) => [dependency, released.get(dependency)]));
  });

  test('holds no sources, tests or secrets', () => {
    const { names } = contents(bytes);
    const foreign = /(^|\/)((src|test|node_modules)\/|\.)/;
    expect(names.filter((file) => foreign.test(file) && !file.endsWith('.tmpl'))).toEqual([]);
  });

  test('passes publint', async () => {
    const { messages } = await publint({ pack: { tarball: toArrayBuffer(bytes) }, level: 'suggestion', strict: true });
    const { manifest } = contents(bytes);
    expect(messages.map((message) => formatMessage(message, manifest, { color: false }))).toEqual([]);
  });

  test('has types that resolve in node16 and bundler modes', async () => {
    const analysis = await checkPackage(createPackageFromTarballData(bytes));
    expect(analysis.types).toMatchObject({ kind: 'included' });
    for (const [entry, { resolutions }] of Object.entries(analysis.entrypoints)) {
      if (entry.endsWith('.json')) continue;
      for (const kind of ['node16-esm', 'bundler']) {
        expect(resolutions[kind].resolution, `${entry} in ${kind}`).toMatchObject({ isTypeScript: true });
      }
    }
    // What CommonJS and Node 10 find is not promised: the packages are ES modules.
    const promised = analysis.problems.filter(({ resolutionKind }) => !/^node(10|16-cjs)$/.test(resolutionKind ?? ''));
    expect(promised).toEqual([]);
  });
});

/** The manifest and the names of the files of a tarball. */
function contents(bytes) {
  const unpacked = createPackageFromTarballData(bytes);
  const folder = `/node_modules/${unpacked.packageName}/`;
  const names = unpacked.listFiles().map((name) => name.slice(folder.length));
  return { names, manifest: JSON.parse(unpacked.readFile(`${folder}package.json`)) };
}

function toArrayBuffer(bytes) {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}
