import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { dbErrors } from '../errors.ts';
import type { Provider } from '../sql/dialect.ts';
import { type ComposeOptions, compose } from './compose.ts';
import { PREVIEW_FEATURES, PROVIDERS } from './prisma-schema.ts';

export interface ComposeToFolderOptions extends ComposeOptions {
  /** The schema folder, usually `prisma`. */
  readonly folder: string;
  /** Compares instead of writing. Default false. */
  readonly check?: boolean;
  /** Where the generated client of a provider goes, relative to the provider's folder. Default `../generated/<provider>`. */
  readonly clientOutput?: (provider: Provider) => string;
}

export interface ComposeToFolderResult {
  /** Paths relative to the folder, of what was written or removed; empty where all was up to date. */
  readonly changed: readonly string[];
  /** Those of them that were removed: the models of owners that are no longer there. */
  readonly removed: readonly string[];
}

/**
 * Composes the fragments into a schema folder:
 *
 * ```text
 * models/<owner>.prisma        generated
 * <provider>/extras.sql        generated
 * <provider>/models            a link to ../models, so that each provider's folder is a whole Prisma schema
 * <provider>/datasource.prisma written once, then the app's own
 * <provider>/migrations/       the app's history, made by `prisma migrate dev`
 * ```
 *
 * @throws `db.invalid-schema`; with `check`, `db.schema-drift` naming each file that composing would change.
 */
export function composeToFolder(options: ComposeToFolderOptions): ComposeToFolderResult {
  const { fragments, folder, check = false } = options;
  const changed: string[] = [];
  const change = (path: string, write: () => void): void => {
    changed.push(path);
    if (!check) write();
  };
  const { files } = compose({ fragments });
  for (const { path, text } of files) {
    const target = join(folder, path);
    if (readText(target) === text) continue;
    change(path, () => {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
    });
  }
  const expected = new Set(files.map(({ path }) => path));
  const removed = listFiles(folder, 'models').filter((path) => !expected.has(path));
  for (const path of removed) change(path, () => rmSync(join(folder, path)));
  for (const provider of PROVIDERS) {
    const link = `${provider}/models`;
    if (!isLinkTo(join(folder, link), '../models')) {
      change(link, () => {
        rmSync(join(folder, link), { recursive: true, force: true });
        symlinkSync('../models', join(folder, link), 'dir');
      });
    }
    const settings = `${provider}/datasource.prisma`;
    if (readText(join(folder, settings)) === undefined) {
      const output = options.clientOutput?.(provider) ?? `../generated/${provider}`;
      change(settings, () => writeFileSync(join(folder, settings), datasource(provider, output)));
    }
  }
  if (check && changed.length > 0) throw dbErrors.create('schema-drift', { files: changed });
  return { changed, removed };
}

function datasource(provider: Provider, output: string): string {
  const features = PREVIEW_FEATURES.map((feature) => JSON.stringify(feature)).join(', ');
  return `// The URL comes from prisma.config.ts.
datasource db {
  provider = "${provider}"
}

generator client {
  provider               = "prisma-client"
  output                 = "${output}"
  runtime                = "nodejs"
  moduleFormat           = "esm"
  generatedFileExtension = "ts"
  importFileExtension    = "ts"
  previewFeatures        = [${features}]
}
`;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function listFiles(folder: string, name: string): string[] {
  try {
    return readdirSync(join(folder, name)).map((file) => `${name}/${file}`);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

function isLinkTo(path: string, target: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink() && readlinkSync(path).replace(/\/$/, '') === target;
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  const { code } = error as { readonly code?: string };
  return code === 'ENOENT' || code === 'ENOTDIR';
}
