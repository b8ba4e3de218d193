/** Which documents are wanted, by their canonical URI. */
export interface UrlFilter {
  readonly isEmpty: boolean;
  accepts(uri: string): boolean;
}

export interface UrlGlobs {
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
}

/**
 * At least one of `include` (where there are any) and none of `exclude` must match the whole URI. The globs are those
 * of document lists: `*` stands for any characters, `/` too, `?` for one; everything else for itself.
 */
export function createUrlFilter({ include = [], exclude = [] }: UrlGlobs): UrlFilter {
  return {
    isEmpty: include.length === 0 && exclude.length === 0,
    accepts: (uri) =>
      (include.length === 0 || include.some((glob) => matchesGlob(uri, glob))) &&
      !exclude.some((glob) => matchesGlob(uri, glob)),
  };
}

/** Greedy with one step back to the latest `*`: no input makes it slower than length times length. */
export function matchesGlob(text: string, glob: string): boolean {
  let at = 0;
  let globAt = 0;
  let star = -1;
  let starAt = 0;
  while (at < text.length) {
    if (glob[globAt] === '*') {
      star = globAt++;
      starAt = at;
    } else if (globAt < glob.length && (glob[globAt] === '?' || glob[globAt] === text[at])) {
      at++;
      globAt++;
    } else if (star >= 0) {
      globAt = star + 1;
      at = ++starAt;
    } else {
      return false;
    }
  }
  while (glob[globAt] === '*') globAt++;
  return globAt === glob.length;
}
