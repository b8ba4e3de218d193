/** A top-level block of a `.prisma` file: `kind name {` … `}`. */
export interface SchemaBlock {
  /** model, enum, view, type, datasource, generator */
  readonly kind: string;
  readonly name: string;
  /** Indexes of the lines of the opening and the closing brace. */
  readonly start: number;
  readonly end: number;
}

// Prisma's grammar is made of lines: a block opens at the end of its first line and closes on a line of its own.
const OPENING = /^\s*([a-z]+)\s+(\w+)\s*\{\s*(?:\/\/.*)?$/;
const CLOSING = /^\s*\}/;

/** The blocks of a file, in order. What Prisma cannot read either is left out. */
export function readBlocks(text: string): SchemaBlock[] {
  const blocks: SchemaBlock[] = [];
  let open: { readonly kind: string; readonly name: string; readonly start: number } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    if (open) {
      if (!CLOSING.test(line)) continue;
      blocks.push({ ...open, end: index });
      open = undefined;
    } else {
      const [, kind, name] = OPENING.exec(line) ?? [];
      if (kind !== undefined && name !== undefined) open = { kind, name, start: index };
    }
  }
  return blocks;
}

/**
 * Adds lines to blocks of a file: behind the fields, before the block's attributes and what is said about them.
 *
 * @param additions lines by the name of the block.
 */
export function addToBlocks(text: string, additions: ReadonlyMap<string, readonly string[]>): string {
  const lines = text.split('\n');
  // From the end, so that earlier line numbers stay right.
  for (const { name, start, end } of readBlocks(text).reverse()) {
    const added = additions.get(name);
    if (added === undefined || added.length === 0) continue;
    let at = lines.findIndex((line, index) => index > start && index < end && /^\s*@@/.test(line));
    if (at === -1) at = end;
    while (at - 1 > start && /^\s*(\/\/.*)?$/.test(lines[at - 1] as string)) at -= 1;
    lines.splice(at, 0, '', ...added, '');
  }
  return lines.join('\n');
}
