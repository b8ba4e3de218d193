import { dbErrors } from '../errors.ts';
import type { Provider } from './dialect.ts';
import type { Sql, SqlValue } from './statement.ts';
import { tokenize } from './tokenizer.ts';

interface NamedText {
  readonly strings: readonly string[];
  readonly names: readonly string[];
}

const MOST_KNOWN = 500;
const LONGEST_KNOWN = 20_000;
const known: Readonly<Record<Provider, Map<string, NamedText>>> = { sqlite: new Map(), postgresql: new Map() };

/**
 * Reads `:name` parameters of an SQL text and binds them. Literals, quoted identifiers, comments, `::casts` and array
 * slices are left alone, as the database's own scanner sees them; a name may occur often.
 *
 * @throws `db.missing-parameter` for a name without a value, `db.unused-parameter` for a value without a name.
 */
export function bindNamed(text: string, parameters: Readonly<Record<string, SqlValue>>, provider: Provider): Sql {
  const { strings, names } = readNamed(text, provider);
  const values = names.map((name) => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (value === undefined) throw dbErrors.create('missing-parameter', { name, text });
    return value;
  });
  const unused = Object.keys(parameters).filter((name) => !names.includes(name));
  if (unused.length > 0) throw dbErrors.create('unused-parameter', { names: unused, text });
  return { strings, values, names };
}

function readNamed(text: string, provider: Provider): NamedText {
  const texts = known[provider];
  const found = texts.get(text);
  if (found) return found;
  const strings: string[] = [''];
  const names: string[] = [];
  for (const { kind, text: part } of tokenize(text, provider)) {
    if (kind === 'parameter') {
      names.push(part.slice(1));
      strings.push('');
    } else {
      strings[strings.length - 1] += part;
    }
  }
  const read: NamedText = { strings: Object.freeze(strings), names };
  if (text.length <= LONGEST_KNOWN) {
    if (texts.size >= MOST_KNOWN) texts.delete(texts.keys().next().value as string);
    texts.set(text, read);
  }
  return read;
}
