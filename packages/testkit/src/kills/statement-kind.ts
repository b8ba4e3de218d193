import { createHash } from 'node:crypto';

/** What a statement does to the store, and a name for it that stays the same from run to run. */
export interface StatementKind {
  readonly effect: 'begin' | 'commit' | 'rollback' | 'write' | 'read';
  /** Such as `insert documents 3fa2c1`: verb, table and a digest of the text, whatever the number of its values. */
  readonly label: string;
}

const TABLE = /^(?:insert\s+into|update|delete\s+from)\s+"?(?:public"?\."?)?(\w+)/i;

/** Tells what a statement of either database does, by its text. */
export function statementKind(text: string): StatementKind {
  const plain = normalize(text);
  // On PostgreSQL, BEGIN and the settings of the transaction may come as one.
  const [verb = ''] = plain.toLowerCase().split(/[ ;]/, 1);
  if (verb === 'begin') return { effect: 'begin', label: 'begin' };
  if (verb === 'commit') return { effect: 'commit', label: 'commit' };
  if (verb === 'rollback' && !/^rollback to/i.test(plain)) return { effect: 'rollback', label: 'rollback' };
  if (/^(?:savepoint|release|rollback|pragma|select|set|discard)\b/i.test(plain))
    return { effect: 'read', label: verb };
  const main = verb === 'with' ? afterCommonTables(plain) : plain;
  const table = TABLE.exec(main)?.[1];
  if (table !== undefined) {
    const [mainVerb = ''] = main.toLowerCase().split(' ', 1);
    return { effect: 'write', label: `${mainVerb} ${table} ${digest(plain)}` };
  }
  if (verb === 'with') return { effect: 'read', label: 'select' };
  return { effect: 'write', label: `script ${digest(plain)}` };
}

/** One line, without comments, and with one row and one value where a statement takes many. */
function normalize(text: string): string {
  return text
    .replaceAll(/--.*$/gm, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\$\d+/g, '?')
    .replaceAll(/\(\?::\w+\)/g, '?')
    .replaceAll(/\?(?:, ?\?)+/g, '?')
    .replaceAll(/\(([^()]*\?[^()]*)\)(?:, ?\(\1\))+/g, '($1)')
    .trim();
}

/** The statement behind its WITH: what stands outside all parentheses, from its own verb on. */
function afterCommonTables(text: string): string {
  let depth = 0;
  let outside = '';
  for (const character of text) {
    if (character === '(') depth += 1;
    if (depth === 0) outside += character;
    if (character === ')') depth -= 1;
  }
  return /\b(?:insert into|update|delete from)\b.*$/i.exec(outside)?.[0] ?? '';
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6);
}
