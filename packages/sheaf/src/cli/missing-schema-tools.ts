import { readFileSync } from 'node:fs';
import { createRequire, findPackageJSON } from 'node:module';
import { join } from 'node:path';

interface Manifest {
  readonly version: string;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const ENGINE = '@sheaf/schema-engine';

/**
 * What an app with a schema of its own needs besides Sheaf, as `npm install` takes it, as far as its folder lacks it: the
 * schema engine, and Prisma's CLI of the version that it belongs to. The CLI takes as much room as all the rest, so that
 * nobody else gets it.
 */
export function missingSchemaTools(folder: string): readonly string[] {
  const { version, peerDependencies = {} } = createRequire(import.meta.url)(`${ENGINE}/package.json`) as Manifest;
  return Object.entries({ ...peerDependencies, [ENGINE]: version }).flatMap(([name, wanted]) =>
    installedVersion(folder, name) === wanted ? [] : [`${name}@${wanted}`],
  );
}

function installedVersion(folder: string, name: string): string | undefined {
  try {
    const file = findPackageJSON(name, join(folder, 'package.json'));
    return file === undefined ? undefined : (JSON.parse(readFileSync(file, 'utf8')) as Manifest).version;
  } catch {
    return undefined;
  }
}
