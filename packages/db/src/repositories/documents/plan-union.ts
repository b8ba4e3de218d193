import type { DocumentAlias, DocumentUriRecord } from '../document-repository.ts';
import { type DocumentUriFacts, documentUri } from './document-uri.ts';

type UriKind = DocumentUriRecord['kind'];

/** An alias with its URIs read. */
export interface ReadAlias {
  readonly documentId: string;
  readonly canonical: DocumentUriFacts;
  readonly aliases: readonly DocumentUriFacts[];
  readonly kind: DocumentAlias['kind'];
}

/** How things stand before. */
export interface UnionState {
  /** Living documents by URI hash. */
  readonly owners: ReadonlyMap<string, string>;
  /** The living document of each that was asked for. */
  readonly survivors: ReadonlyMap<string, string>;
  /** The hash of each living document's canonical URI. */
  readonly canonicalHashes: ReadonlyMap<string, string>;
}

/** What has to be written. */
export interface UnionPlan {
  /** The surviving document of each alias, in order. */
  readonly survivors: readonly string[];
  readonly merges: readonly { readonly id: string; readonly intoId: string; readonly kind: UriKind }[];
  /** Documents whose canonical URI changes; what it was becomes an alias of `kind`. */
  readonly renames: readonly {
    readonly id: string;
    readonly to: DocumentUriFacts;
    readonly fromHash: string;
    readonly kind: UriKind;
  }[];
  /** URIs that led nowhere before. */
  readonly newUris: readonly {
    readonly uri: DocumentUriFacts;
    readonly documentId: string;
    readonly kind: UriKind;
  }[];
}

export function readAlias({ documentId, canonicalUri, aliases, kind }: DocumentAlias): ReadAlias {
  return { documentId, canonical: documentUri(canonicalUri), aliases: aliases.map(documentUri), kind };
}

/**
 * Decides, alias by alias, which documents are one, and under which URI. A document is merged into the one that has
 * its canonical URI; without such a one it takes that URI itself. Whatever leads there on the way goes with it.
 */
export function planUnion(aliases: readonly ReadAlias[], state: UnionState): UnionPlan {
  const owners = new Map(state.owners);
  const merged = new Map<string, { readonly intoId: string; readonly kind: UriKind }>();
  const named = new Map<string, { readonly uri: DocumentUriFacts; readonly kind: UriKind }>();
  const added = new Map<string, { readonly uri: DocumentUriFacts; readonly kind: UriKind }>();

  const survivorOf = (id: string): string => {
    let survivor = id;
    for (let next = merged.get(survivor); next; next = merged.get(survivor)) survivor = next.intoId;
    return survivor;
  };
  const ownerOf = (hash: string): string | undefined => {
    const owner = owners.get(hash);
    return owner === undefined ? undefined : survivorOf(owner);
  };
  const add = (uri: DocumentUriFacts, documentId: string, kind: UriKind): void => {
    owners.set(uri.hash, documentId);
    added.set(uri.hash, { uri, kind });
  };
  const unite = ({ documentId, canonical, aliases: others, kind }: ReadAlias): void => {
    const asked = survivorOf(state.survivors.get(documentId) ?? documentId);
    const target = ownerOf(canonical.hash) ?? asked;
    if (!owners.has(canonical.hash)) add(canonical, target, kind);
    if (target === asked) named.set(target, { uri: canonical, kind });
    else merged.set(asked, { intoId: target, kind });
    for (const uri of others) {
      const owner = ownerOf(uri.hash);
      if (owner === undefined) add(uri, target, kind);
      else if (owner !== target) merged.set(owner, { intoId: target, kind });
    }
  };

  for (const alias of aliases) unite(alias);
  const renames = [...named].flatMap(([id, { uri, kind }]) => {
    const fromHash = state.canonicalHashes.get(id);
    if (merged.has(id) || fromHash === undefined || fromHash === uri.hash) return [];
    return [{ id, to: uri, fromHash, kind }];
  });
  const canonicalHashes = new Set<string>(renames.map(({ to }) => to.hash));
  return {
    survivors: aliases.map(({ documentId }) => survivorOf(state.survivors.get(documentId) ?? documentId)),
    merges: [...merged].map(([id, { kind }]) => ({ id, intoId: survivorOf(id), kind })),
    renames,
    newUris: [...added].map(([hash, { uri, kind }]) => ({
      uri,
      documentId: survivorOf(owners.get(hash) as string),
      kind: canonicalHashes.has(hash) ? 'canonical' : kind,
    })),
  };
}

export function changesNothing({ merges, renames, newUris }: UnionPlan): boolean {
  return merges.length + renames.length + newUris.length === 0;
}
