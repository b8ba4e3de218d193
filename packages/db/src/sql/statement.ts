/**
 * What the databases can take as a bound value. Dates are UTC with milliseconds; `Json` marks a document; an array is a
 * list and stands alone in the parentheses of `IN (…)`.
 */
export type SqlValue = SqlScalar | Json | readonly SqlScalar[];
export type SqlScalar = string | number | bigint | boolean | Date | Uint8Array | null;

/** A value bound as one JSON document. Made by `json()`. */
export interface Json {
  readonly '~json': unknown;
}

/** `json(null)` is JSON's null; a plain `null` is that of SQL. */
export function json(value: unknown): Json {
  return { '~json': value };
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && '~json' in value;
}

export function isList(value: unknown): value is readonly SqlScalar[] {
  return Array.isArray(value);
}

/** An array of PostgreSQL's, for the dialect alone: SQLite has none. */
export interface BoundArray {
  readonly '~array': readonly unknown[];
}

export function isBoundArray(value: unknown): value is BoundArray {
  return typeof value === 'object' && value !== null && '~array' in value;
}

/** SQL text with its values apart: `values[i]` stands between `strings[i]` and `strings[i + 1]`. */
export interface Sql {
  readonly strings: readonly string[];
  readonly values: readonly (SqlValue | BoundArray)[];
  /** What the values are called, for errors; otherwise they are numbered. */
  readonly names?: readonly string[];
  /** See `prepared`. */
  readonly isPrepared?: boolean;
}

function isSql(value: unknown): value is Sql {
  return typeof value === 'object' && value !== null && 'strings' in value && 'values' in value;
}

/**
 * SQL with bound values. A nested `sql` is spliced in as text; everything else is bound, never pasted.
 *
 * @example
 * const where = sql`domain = ${'example.com'} AND status IN (${['pending', 'stale']})`;
 * await db.all(sql`SELECT id FROM documents WHERE workspace_id = ${1} AND ${where}`);
 */
export function sql(strings: TemplateStringsArray, ...values: readonly (SqlValue | BoundArray | Sql)[]): Sql {
  // What nothing is spliced into keeps its array of strings, by which its compiled text is found again.
  if (!values.some(isSql)) return { strings, values: values as readonly SqlValue[] };
  const texts: string[] = [strings[0] ?? ''];
  const bound: (SqlValue | BoundArray)[] = [];
  const addText = (text: string): void => {
    texts[texts.length - 1] += text;
  };
  values.forEach((value, index) => {
    if (isSql(value)) {
      value.strings.forEach((text, part) => {
        if (part > 0) {
          bound.push(value.values[part - 1] as SqlValue);
          texts.push('');
        }
        addText(text);
      });
    } else {
      bound.push(value);
      texts.push('');
    }
    addText(strings[index + 1] ?? '');
  });
  return { strings: texts, values: bound };
}

/** SQL text as it is: for constants of the program, never for anything that came from outside. */
export function rawSql(text: string): Sql {
  return { strings: [text], values: [] };
}

/**
 * Keeps a statement prepared on PostgreSQL, where planning a look-up takes several times as long as doing it; SQLite
 * does so anyway. Only for statements whose best plan is the same whatever the values.
 */
export function prepared(statement: Sql): Sql {
  return { ...statement, isPrepared: true };
}

export function joinSql(parts: readonly Sql[], separator: string): Sql {
  const [first, ...rest] = parts;
  if (!first) return rawSql('');
  return rest.reduce((joined, part) => sql`${joined}${rawSql(separator)}${part}`, first);
}

/** A quoted identifier. */
export function identifier(name: string): Sql {
  return rawSql(`"${name.replaceAll('"', '""')}"`);
}

/** The statement without its values, for errors and the SQL echo. */
export function textOf(statement: Sql): string {
  return statement.strings.join('?').replaceAll(/\s+/g, ' ').trim();
}
