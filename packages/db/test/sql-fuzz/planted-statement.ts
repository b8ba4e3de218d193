import fc from 'fast-check';
import type { Provider, SqlValue } from '../../src/index.ts';
import { junk } from './junk.ts';

/** A statement whose answer is known, since all of it was planted. */
export interface PlantedStatement {
  readonly text: string;
  readonly parameters: Readonly<Record<string, SqlValue>>;
  readonly row: Readonly<Record<string, unknown>>;
}

/** An expression with what it gives; its parameters are named anew in each place. */
interface PlantedItem {
  write(name: string): string;
  readonly values: readonly SqlValue[];
  readonly result: unknown;
}

const constant = (text: string, result: unknown): PlantedItem => ({ write: () => text, values: [], result });

const doubled = (text: string, quote: string): string => quote + text.replaceAll(quote, quote + quote) + quote;

/** Text that PostgreSQL takes in its own encoding and that holds no NUL is all that junk makes. */
const plainString = junk.map((text) => constant(doubled(text, "'"), text));

const escapeString = fc.tuple(fc.constantFrom('E', 'e'), junk, fc.boolean()).map(([prefix, text, isQuoteEscaped]) => {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", isQuoteEscaped ? "\\'" : "''")
    .replaceAll('\n', '\\n');
  return constant(`${prefix}'${escaped}'`, text);
});

const dividedString = fc
  .tuple(fc.constantFrom('', 'E'), junk, junk, fc.constantFrom('\n', " -- it's\n", '\r\n\t', ' \n -- "\n '))
  .map(([prefix, a, b, between]) => {
    const quoted = (text: string): string =>
      prefix === '' ? doubled(text, "'") : `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
    return constant(`${prefix}${quoted(a)}${between}${quoted(b)}`, a + b);
  });

const unicodeString = junk.map((text) =>
  constant(`U&${doubled(text.replaceAll('\\', '\\\\').replaceAll('ä', '\\00E4'), "'")}`, text),
);

const dollarString = fc.tuple(fc.constantFrom('', 'q', 'tag_1', 'ä'), junk).map(([tag, text]) => {
  const quote = `$${tag}$`;
  // The quote must not begin within the text, nor at its end together with the closing one.
  const isFit = !`${text}${quote}`.slice(0, -1).includes(quote);
  return isFit ? constant(`${quote}${text}${quote}`, text) : constant(doubled(text, "'"), text);
});

const cast = (provider: Provider, name: string): string => (provider === 'sqlite' ? `:${name}` : `:${name}::text`);

const parameter = (provider: Provider): fc.Arbitrary<PlantedItem> =>
  junk.map((text) => ({ write: (name) => `(${cast(provider, name)})`, values: [text], result: text }));

const twice = (provider: Provider): fc.Arbitrary<PlantedItem> =>
  fc.tuple(junk, junk).map(([text, between]) => ({
    write: (name) => `:${name}||${doubled(between, "'")}||${cast(provider, name)}`,
    values: [text],
    result: text + between + text,
  }));

const inList = fc.tuple(fc.array(junk, { maxLength: 4 }), junk, fc.boolean()).map(
  ([list, text, isNegated]): PlantedItem => ({
    write: (name) =>
      `CASE WHEN ${doubled(text, "'")} ${isNegated ? 'NOT IN' : 'IN'} (:${name}) THEN 'in' ELSE 'out' END`,
    values: [list],
    result: list.includes(text) !== isNegated ? 'in' : 'out',
  }),
);

const slice: fc.Arbitrary<PlantedItem> = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.boolean())
  .map(([from, isSpaced]) => ({
    write: (name) =>
      `array_to_string((ARRAY['a','b','c','d'])[(:${name})${isSpaced ? ' : ' : ':'}3] || (ARRAY['x','y'])[:n], '')`,
    values: [from],
    result: `${['a', 'b', 'c'].slice(from - 1).join('')}x`,
  }));

const jsonOperators: fc.Arbitrary<PlantedItem> = junk.map((text) => ({
  write: (name) =>
    `CASE WHEN jsonb_build_object(:${name}::text, 1) ? :${name} AND '{"a":[1]}'::jsonb @> '{}' THEN '?' END`,
  values: [text],
  result: '?',
}));

const items: Readonly<Record<Provider, fc.Arbitrary<PlantedItem>>> = {
  sqlite: fc.oneof(plainString, parameter('sqlite'), twice('sqlite'), inList),
  postgresql: fc.oneof(
    plainString,
    escapeString,
    dividedString,
    unicodeString,
    dollarString,
    parameter('postgresql'),
    twice('postgresql'),
    inList,
    slice,
    jsonOperators,
  ),
};

/** PostgreSQL's nest, so that what begins one in it must end as well. */
const comments: fc.Arbitrary<string> = fc.tuple(junk, fc.constantFrom('line', 'block', 'none')).map(([text, kind]) => {
  if (kind === 'none') return ' ';
  if (kind === 'line') return ` --${text.replaceAll(/[\r\n]/g, '')}\n`;
  return ` /*${text.replaceAll(/[*/]/g, '')}*/ `;
});

/** Names of columns: no more than PostgreSQL keeps of them. */
const aliases = (provider: Provider): fc.Arbitrary<readonly [text: string, name: string]> =>
  fc.tuple(junk, fc.constantFrom(...(provider === 'sqlite' ? ['"', '`', '['] : ['"']))).map(([text, quote]) => {
    const name = text.slice(0, 12).toWellFormed().replaceAll('\ufffd', '') || 'none';
    return quote === '[' ? [`[${name.replaceAll(']', '')}]`, name.replaceAll(']', '')] : [doubled(name, quote), name];
  });

export function plantedStatement(provider: Provider): fc.Arbitrary<PlantedStatement> {
  const column = fc.tuple(items[provider], comments, aliases(provider), comments);
  return fc.array(column, { minLength: 1, maxLength: 5 }).map((columns) => {
    const parameters: Record<string, SqlValue> = {};
    const row: Record<string, unknown> = {};
    const texts = columns.map(([item, before, [alias, name], after], index) => {
      const parameterName = `p${index === 0 ? '' : `_${index}`}`;
      for (const value of item.values) parameters[parameterName] = value;
      // Each name is another one, and begins as it was planted.
      const unique = alias.slice(0, 1) + index + alias.slice(1);
      row[`${index}${name}`] = item.result;
      return `${before}${item.write(parameterName)}${after} AS ${unique}`;
    });
    return { text: `SELECT${texts.join(',')} FROM (SELECT 1 AS n) AS "t:p"`, parameters, row };
  });
}
