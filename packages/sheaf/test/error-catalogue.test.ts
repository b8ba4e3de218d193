import { readFileSync } from 'node:fs';
import { pluginErrors } from '@sheaf/core';
import { dbErrors } from '@sheaf/db';
import { engineErrors } from '@sheaf/engine';
import { fetchErrors } from '@sheaf/plugin-fetch';
import { mapErrors } from '@sheaf/plugin-map';
import { webErrors } from '@sheaf/web';
import { createErrors } from 'create-sheaf-plugin';
import { cliErrors, corpusErrors, doctorErrors } from 'sheaf';
import { describe, expect, it } from 'vitest';

const catalogues = [
  pluginErrors,
  dbErrors,
  engineErrors,
  webErrors,
  mapErrors,
  fetchErrors,
  cliErrors,
  corpusErrors,
  doctorErrors,
  createErrors,
];
const declared = Object.assign({}, ...catalogues.map(({ codes }) => codes)) as Record<string, { hint: string }>;

const text = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
const documented = Object.fromEntries(
  [...text.matchAll(/^\| `([a-z]+\.[a-z-]+)` \| (.*) \|$/gm)].map(([, code, hint]) => [
    code,
    hint?.replaceAll('\\|', '|'),
  ]),
);

describe('docs/errors.md', () => {
  it('lists every code that is declared, and no other', () => {
    expect(Object.keys(documented).sort()).toEqual(Object.keys(declared).sort());
  });

  it('gives the hints as the code has them', () => {
    expect(documented).toEqual(Object.fromEntries(Object.entries(declared).map(([code, { hint }]) => [code, hint])));
  });

  it('has codes of one form, each with a hint', () => {
    for (const [code, { hint }] of Object.entries(declared)) {
      expect(code).toMatch(/^[a-z]+\.[a-z]+(-[a-z]+)*$/);
      expect(hint.length, code).toBeGreaterThan(10);
    }
  });
});
