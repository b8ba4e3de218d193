import { dbErrors } from '../errors.ts';
import type { Sql, SqlValue } from './statement.ts';
import { tokenize } from './tokenizer.ts';

/**
 * Reads `:name` parameters of an SQL text and binds them. Literals, quoted identifiers, comments, `::casts`, dollar
 * quotes and array slices are left alone; a name may occur often.
 *
 * @throws `db.missing-parameter` for a name without a value, `db.unused-parameter` for a value without a name.
 */
export function bindNamed(text: string, parameters: Readonly<Record<string, SqlValue>>): Sql {
  const strings: string[] = [''];
  const values: SqlValue[] = [];
  const used = new Set<string>();
  for (const token of tokenize(text)) {
    if (token.kind !== 'parameter') {
      strings[strings.length - 1] += token.text;
      continue;
    }
    const name = token.text.slice(1);
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (value === undefined) throw dbErrors.create('missing-parameter', { name, text });
    used.add(name);
    values.push(value);
    strings.push('');
  }
  const unused = Object.keys(parameters).filter((name) => !used.has(name));
  if (unused.length > 0) throw dbErrors.create('unused-parameter', { names: unused, text });
  return { strings, values };
}
