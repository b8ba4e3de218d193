import type { DocumentAlias } from '@sheaf/db';
import { type Redirect, tryCanonicalizeUrl, urlHost } from '@sheaf/web';

/** Another address under which a document is, or should be, known. */
export type FoundAlias = Omit<DocumentAlias, 'documentId'>;

export interface RedirectFacts {
  /** The document's canonical URI, which was asked for. */
  readonly uri: string;
  readonly finalUrl: string;
  readonly redirects: readonly Redirect[];
}

/**
 * Where redirects within one host have led: permanent or not, the address that answers is the document's own. What
 * leaves the host on the way (a sign-in, a shortener, a neighbour) makes no alias.
 */
export function redirectAlias({ uri, finalUrl, redirects }: RedirectFacts): FoundAlias | undefined {
  if (redirects.length === 0) return undefined;
  const target = tryCanonicalizeUrl(finalUrl);
  if (target === undefined || target === uri) return undefined;
  const host = urlHost(uri);
  const hops = redirects.flatMap(({ from, to }) => [from, to]);
  if (!hops.every((hop) => urlHost(hop) === host)) return undefined;
  const aliases = [uri, ...hops.flatMap((hop) => tryCanonicalizeUrl(hop) ?? [])];
  return { canonicalUri: target, aliases: [...new Set(aliases)].filter((alias) => alias !== target), kind: 'redirect' };
}

export interface CanonicalFacts {
  /** The document's canonical URI. */
  readonly uri: string;
  readonly finalUrl: string;
  /** What the page calls its canonical address, canonicalised. */
  readonly canonicalUri: string | null;
  /** From redirects that led to the page. */
  readonly redirect?: FoundAlias | undefined;
}

/**
 * The address that a page names as its own, if it is another one on the host of its document. A page that another host
 * sent has no say in what is one document here.
 */
export function canonicalAlias({ uri, finalUrl, canonicalUri, redirect }: CanonicalFacts): FoundAlias | undefined {
  if (canonicalUri === null || canonicalUri === uri || canonicalUri === redirect?.canonicalUri) return undefined;
  const host = hostOf(uri);
  if (host === undefined || host !== hostOf(finalUrl) || host !== hostOf(canonicalUri)) return undefined;
  const aliases = [uri, ...(redirect ? [redirect.canonicalUri, ...redirect.aliases] : [])];
  return {
    canonicalUri,
    aliases: [...new Set(aliases)].filter((alias) => alias !== canonicalUri),
    kind: 'rel-canonical',
  };
}

function hostOf(url: string): string | undefined {
  return tryCanonicalizeUrl(url) === undefined ? undefined : urlHost(url);
}

/** An alias of a document in a batch. */
export type BatchAlias = FoundAlias & { readonly documentId: string; readonly uri: string };

/**
 * The order in which the aliases of a batch are united: redirects, which were seen, before what pages say of
 * themselves. Of two documents that each name the other, the first alone is heard, or both would lose their content.
 */
export function orderAliases<Alias extends BatchAlias>(aliases: readonly Alias[]): readonly Alias[] {
  const redirects = aliases.filter(({ kind }) => kind === 'redirect');
  const canonicals = aliases.filter(({ kind }) => kind === 'rel-canonical');
  const leadsTo = new Map<string, string>();
  return [...redirects, ...canonicals].filter(({ uri, canonicalUri }) => {
    for (let next: string | undefined = canonicalUri; next !== undefined; next = leadsTo.get(next)) {
      if (next === uri) return false;
    }
    leadsTo.set(uri, canonicalUri);
    return true;
  });
}
