import { isSheafError } from '@sheaf/core';
import type { DocumentView } from '@sheaf/db';
import type { FetchNeeds } from '../needs.ts';
import { canonicalAlias, redirectAlias } from './decide-alias.ts';
import type { ResolvedAlias } from './fetched.ts';
import type { Retrieved } from './retrieved.ts';

export interface ResolveAliasContext {
  readonly step: { readonly uri: string };
  readonly documentId: string;
  readonly needs: FetchNeeds;
}

/** The alias that redirects show, with whom its target belongs to. */
export async function resolveRedirect(
  { step, documentId, needs }: ResolveAliasContext,
  { finalUrl, redirects }: Retrieved,
): Promise<ResolvedAlias | undefined> {
  const found = redirectAlias({ uri: step.uri, finalUrl, redirects });
  if (!found) return undefined;
  const target = await needs.data.documents.find(found.canonicalUri);
  const isMerge = target !== undefined && target.id !== documentId;
  return { ...found, isMerge, isTargetGone: isMerge && target.goneAt !== null };
}

/**
 * The alias that the page itself names, or else the one of its redirects. A page's word is not taken where the content
 * would be lost by it: for an address that may not be fetched, that is gone, or that could not be read.
 */
export async function resolveCanonical(
  { step, documentId, needs }: ResolveAliasContext,
  { finalUrl }: Retrieved,
  canonicalUri: string | null,
  redirect: ResolvedAlias | undefined,
): Promise<ResolvedAlias | undefined> {
  const found = canonicalAlias({ uri: step.uri, finalUrl, canonicalUri, redirect });
  if (!found || !(await isAllowed(found.canonicalUri, needs))) return redirect;
  const target = await needs.data.documents.find(found.canonicalUri);
  if (target === undefined) return { ...found, isMerge: false, isTargetGone: false };
  // Already one of its addresses: two pages that name each other must not take turns.
  if (target.id === documentId || !isReadable(target)) return redirect;
  return { ...found, isMerge: true, isTargetGone: false };
}

async function isAllowed(url: string, { web }: FetchNeeds): Promise<boolean> {
  try {
    return (await web.robots(url)).isAllowed(url, web.userAgent);
  } catch (error) {
    if (isSheafError(error, 'web.canceled') || !isSheafError(error, 'web.')) throw error;
    return false;
  }
}

function isReadable({ goneAt, stages }: DocumentView): boolean {
  const status = stages.fetch?.status;
  return goneAt === null && status !== 'failed' && status !== 'skipped';
}
