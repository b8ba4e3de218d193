// Writes the table of docs/reliability/doctor.md from the declared invariants:
// node_modules/.bin/node --conditions=@sheaf/source packages/sheaf/scripts/write-invariant-list.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { invariantsOf } from '@sheaf/db';
import { planGraph } from '@sheaf/engine';
import { firstPartyPlugins } from 'sheaf';

const file = new URL('../../../docs/reliability/doctor.md', import.meta.url);
const rows = invariantsOf(planGraph(firstPartyPlugins())).map(({ id, summary, severity, mend }) => {
  const cells = [`\`${id}\``, severity === 'notice' ? `${summary} *(notice)*` : summary, mend?.summary ?? ''];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
});
const text = readFileSync(file, 'utf8');
const end = text.indexOf('| id | what holds | `--fix` |');
writeFileSync(file, `${text.slice(0, end)}| id | what holds | \`--fix\` |\n|---|---|---|\n${rows.join('\n')}\n`);
