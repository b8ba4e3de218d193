import type { ForeignKey } from '../deletion/foreign-keys.ts';
import { belongs, isRequired, staysInWorkspace, TENANT } from './key-columns.ts';
import type { MoveTable } from './move-catalog.ts';

/**
 * What becomes of a table's rows when documents move to another workspace:
 *
 * - `moved`: they belong to documents, and go with them;
 * - `shared`: what moves refers to them, as to a run or a source; so does what stays, and the target gets its own;
 * - `part`: they have no key of their own, as the items of a configuration set, and are where all of those are that they
 *   belong to.
 */
export type MoveKind = 'moved' | 'shared' | 'part';

export interface PlannedTable extends MoveTable {
  readonly kind: MoveKind;
  /**
   * The keys by which rows belong to what moves, or to what is shared. Of what moves: a required one alone, since a row
   * moves only with all that it cannot be without; else all that are optional, one of which is enough. Of a part: all.
   */
  readonly ways: readonly ForeignKey[];
  /** Optional keys that are set last: what they refer to is written later, or in the same table. */
  readonly ties: readonly ForeignKey[];
}

export interface MovePlan {
  /** Each table after those that its rows cannot be without. */
  readonly tables: readonly PlannedTable[];
  /** One of them. */
  readonly table: (name: string) => PlannedTable;
  readonly kindOf: (name: string) => MoveKind | undefined;
  /** The keys of all tables of the database. */
  readonly keys: readonly ForeignKey[];
}

/** Derives from the keys of all tables what happens to which rows, so that a move is complete whatever tables there are. */
export function planMove(catalog: ReadonlyMap<string, MoveTable>): MovePlan {
  const kinds = kindsOf([...catalog.values()]);
  const chosen = [...catalog.values()].filter(({ name }) => kinds.has(name));
  const keysOf = (table: MoveTable): readonly ForeignKey[] =>
    table.keys.filter((key) => staysInWorkspace(key) && kinds.has(key.targetTable));
  const ordered = inOrder(chosen, keysOf);
  const places = new Map(ordered.map(({ name }, place) => [name, place]));
  const planned = ordered.map((table, place): PlannedTable => {
    const keys = keysOf(table);
    const kind = kinds.get(table.name) as MoveKind;
    return {
      ...table,
      keys,
      kind,
      ways: waysOf(kind, table, keys, kinds),
      ties: keys.filter((key) => !isRequired(key) && (places.get(key.targetTable) ?? 0) >= place),
    };
  });
  const byName = new Map(planned.map((table) => [table.name, table]));
  return {
    tables: planned,
    table: (name) => byName.get(name) as PlannedTable,
    kindOf: (name) => kinds.get(name),
    keys: [...catalog.values()].flatMap(({ keys }) => keys),
  };
}

function kindsOf(tables: readonly MoveTable[]): ReadonlyMap<string, MoveKind> {
  const moved = closure(['documents'], (found) =>
    tables.filter(({ keys }) => keys.some((key) => belongs(key) && found.has(key.targetTable))).map(({ name }) => name),
  );
  const partsOf = (shared: ReadonlySet<string>): readonly MoveTable[] =>
    tables.filter((table) => {
      const owners = partOwners(table);
      const isNew = !moved.has(table.name) && !shared.has(table.name);
      return isNew && owners.length > 0 && owners.every(({ targetTable }) => shared.has(targetTable));
    });
  // What is named by its hash alone comes first: no key leads there.
  const shared = closure(['contents', 'artifacts'], (found) =>
    [...tables.filter(({ name }) => moved.has(name) || found.has(name)), ...partsOf(found)]
      .flatMap(({ keys }) => keys.filter(staysInWorkspace))
      .flatMap(({ targetTable }) => (moved.has(targetTable) ? [] : targetTable)),
  );
  const kinds: [string, MoveKind][] = [
    ...[...moved].map((name): [string, MoveKind] => [name, 'moved']),
    ...[...shared].map((name): [string, MoveKind] => [name, 'shared']),
    ...partsOf(shared).map(({ name }): [string, MoveKind] => [name, 'part']),
  ];
  return new Map(kinds);
}

/** The keys that a row without a key of its own consists of, as far as it belongs to what they refer to. */
function partOwners({ name, keys, uniqueKeys }: MoveTable): readonly ForeignKey[] {
  const own = keys.filter((key) => staysInWorkspace(key) && key.targetTable !== name);
  const [primary = []] = uniqueKeys;
  const isCovered = primary.every((one) => one === TENANT || own.some((key) => hasColumn(key, one)));
  if (!isCovered) return [];
  return own.filter((key) => key.onDelete === 'CASCADE' && key.columns.every(({ column }) => primary.includes(column)));
}

function waysOf(
  kind: MoveKind,
  table: MoveTable,
  keys: readonly ForeignKey[],
  kinds: ReadonlyMap<string, MoveKind>,
): readonly ForeignKey[] {
  if (kind === 'shared') return [];
  if (kind === 'part') return partOwners(table);
  const ways = keys.filter(
    (key) => belongs(key) && kinds.get(key.targetTable) === 'moved' && key.targetTable !== table.name,
  );
  const certain = ways.filter(isRequired);
  const shortest = certain.find(({ targetTable }) => targetTable === 'documents') ?? certain[0];
  return shortest ? [shortest] : ways;
}

/** By turns: what only optional keys hold up comes next where nothing else can. */
function inOrder(tables: readonly MoveTable[], keysOf: (table: MoveTable) => readonly ForeignKey[]): MoveTable[] {
  const left = new Map(tables.map((table) => [table.name, table]));
  const isReady = (table: MoveTable, isAwaited: (key: ForeignKey) => boolean): boolean =>
    keysOf(table).every((key) => key.targetTable === table.name || !left.has(key.targetTable) || !isAwaited(key));
  const ordered: MoveTable[] = [];
  while (left.size > 0) {
    const all = [...left.values()];
    const next = all.find((table) => isReady(table, () => true)) ?? all.find((table) => isReady(table, isRequired));
    const table = next ?? (all[0] as MoveTable);
    ordered.push(table);
    left.delete(table.name);
  }
  return ordered;
}

export function hasColumn({ columns }: ForeignKey, name: string): boolean {
  return columns.some(({ column }) => column === name);
}

/** What `next` adds to what was found, until it adds nothing more. */
function closure(
  start: readonly string[],
  next: (found: ReadonlySet<string>) => readonly string[],
): ReadonlySet<string> {
  const found = new Set(start);
  for (let size = 0; size < found.size; ) {
    size = found.size;
    for (const name of next(found)) found.add(name);
  }
  return found;
}
