import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { canonicalizeUrl } from '@sheaf/web';
import { mapErrors } from './errors.ts';

/** What is to be mapped. */
export type MapSource =
  | { readonly kind: 'web'; readonly url: string }
  /** `path` is absolute. */
  | { readonly kind: 'folder'; readonly path: string };

/**
 * Tells a web address from a folder. Nothing is guessed: an address has its scheme, and a folder exists.
 *
 * @param cwd - what a relative path is relative to
 * @throws `map.unsupported-source`, `web.invalid-url`.
 */
export async function readSource(source: string, cwd: string): Promise<MapSource> {
  if (/^https?:/i.test(source)) return { kind: 'web', url: canonicalizeUrl(source) };
  if (/^file:/i.test(source)) return { kind: 'folder', path: pathOf(source) };
  const path = resolve(cwd, source);
  if (source !== '' && (await exists(path))) return { kind: 'folder', path };
  const isHost = /^[\w-]+(?:\.[\w-]+)+(?:[:/?]|$)/.test(source) || /^localhost\b/.test(source);
  throw mapErrors.create('unsupported-source', { source }, isHost ? { hint: `Did you mean https://${source}?` } : {});
}

function pathOf(source: string): string {
  try {
    return fileURLToPath(source);
  } catch (cause) {
    // It names another machine, or holds an escape that is none.
    throw mapErrors.create('unsupported-source', { source }, { cause });
  }
}

/** The URI under which a source is worked on. */
export function sourceUri(source: MapSource): string {
  return source.kind === 'web' ? source.url : pathToFileURL(source.path).href;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
