import fc from 'fast-check';
import type { Provider } from '../../src/index.ts';

/** What confuses those who read SQL by halves. */
const PIECES = [
  ...`'"\`[](){};,:.?@$#\\-+*/=<>|&~ \n\r\taeExXuU01_`,
  "''",
  '""',
  '--',
  '/*',
  '*/',
  '/**/',
  '$$',
  '$a$',
  '$1',
  '?1',
  '?|',
  '@a',
  '::',
  ':=',
  ':a',
  ':b2',
  ':ü',
  "E'",
  "e'",
  "U&'",
  'U&"',
  "X'",
  "B'",
  "N'",
  "\\'",
  '\\\\',
  "'\n'",
  "' -- x\n'",
  '->>',
  'ä',
  '😀',
  '\u2028',
  '\ufeff',
];

/** Text of such pieces. */
export const junk: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 12 })
  .map((parts) => parts.join(''));

/** What a statement could hold, so that a database reads on for a while before it gives up. */
const SENSIBLE: Readonly<Record<Provider, readonly string[]>> = {
  sqlite: ["'a'", "x'00'", '"b"', '`b`', '[b]', '1', '1.5e3', 'a', '(a)', '/* c */', '-- c\n', 'a.b', "a'"],
  postgresql: [
    "'a'",
    "E'a\\'b'",
    "X'1f'",
    '$$a$$',
    '$t$ $$ $t$',
    '"b"',
    '1',
    'a',
    'a$b',
    '(a)',
    'a[1:2]',
    '/* /* c */ */',
    '-- c\n',
    'a::b',
  ],
};

/** Nearly statements: operands and operators, with junk in between. */
export function nearlySql(provider: Provider): fc.Arbitrary<string> {
  const operand = fc.constantFrom(...SENSIBLE[provider]);
  const operator = fc.constantFrom(',', ', ', ' , ', '+', '||', ' ', '');
  const piece = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(operand, operator).map(([a, b]) => a + b) },
    { weight: 2, arbitrary: fc.constantFrom(...PIECES) },
    { weight: 1, arbitrary: junk },
  );
  return fc.array(piece, { minLength: 1, maxLength: 16 }).map((parts) => `SELECT ${parts.join('')}`);
}
