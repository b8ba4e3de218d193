// Writes docs/errors.md from the declared codes:
// node_modules/.bin/node --conditions=@sheaf/source packages/sheaf/scripts/write-error-catalogue.ts
import { writeFileSync } from 'node:fs';
import { pluginErrors } from '@sheaf/core';
import { dbErrors } from '@sheaf/db';
import { engineErrors } from '@sheaf/engine';
import { fetchErrors } from '@sheaf/plugin-fetch';
import { mapErrors } from '@sheaf/plugin-map';
import { webErrors } from '@sheaf/web';
import { createErrors } from 'create-sheaf-plugin';
import { cliErrors, corpusErrors, doctorErrors } from 'sheaf';

const SECTIONS = [
  ['The command line', cliErrors],
  ['Documents, runs and workspaces', corpusErrors],
  ['Plugins', pluginErrors],
  ['The database', dbErrors],
  ['The engine', engineErrors],
  ['The web client', webErrors],
  ['Map', mapErrors],
  ['Fetch', fetchErrors],
  ['The doctor', doctorErrors],
  ['Making a plugin', createErrors],
] as const;

const tables = SECTIONS.map(([title, { codes }]) => {
  const rows = Object.entries(codes).map(([code, { hint }]) => `| \`${code}\` | ${hint.replaceAll('|', '\\|')} |`);
  return `## ${title}\n\n| code | what to do |\n|---|---|\n${rows.join('\n')}\n`;
});

writeFileSync(
  new URL('../../../docs/errors.md', import.meta.url),
  `# Errors

Every expected failure has a code, a message with the facts, and a hint. Programs compare the code; the command line prints
all three and exits with another code than 0 ([docs/cli.md](cli.md)). Failures of single documents are recorded with the
document and stop nothing else. A test compares this list with the code.

${tables.join('\n')}`,
);
