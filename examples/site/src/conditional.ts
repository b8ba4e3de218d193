/** The conditional headers of a request and the validators of what it asks for. */
export interface ConditionalRequest {
  readonly ifNoneMatch?: string | undefined;
  readonly ifModifiedSince?: string | undefined;
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

/** Whether a GET or HEAD is answered by 304 (RFC 9110, 13.2.2): If-Modified-Since counts only without If-None-Match. */
export function isNotModified(request: ConditionalRequest): boolean {
  const { ifNoneMatch, ifModifiedSince, etag, lastModified } = request;
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() === '*') return true;
    if (etag === undefined) return false;
    const offered = ifNoneMatch.match(/(?:W\/)?"[^"]*"/g) ?? [];
    return offered.some((candidate) => opaqueTag(candidate) === opaqueTag(etag));
  }
  if (ifModifiedSince === undefined || lastModified === undefined) return false;
  // An unreadable date gives NaN, and no comparison with NaN holds.
  return Date.parse(lastModified) <= Date.parse(ifModifiedSince);
}

// The comparison of If-None-Match is the weak one.
function opaqueTag(etag: string): string {
  return etag.replace(/^W\//, '');
}
