import { readFileSync } from 'node:fs';
import { invariantsOf } from '@sheaf/db';
import { planGraph } from '@sheaf/engine';
import { firstPartyPlugins } from 'sheaf';
import { expect, it } from 'vitest';

it('docs/reliability/doctor.md lists every invariant as the code has it', () => {
  const text = readFileSync(new URL('../../../../docs/reliability/doctor.md', import.meta.url), 'utf8');
  const documented = [...text.matchAll(/^\| `([a-z.-]+)` \| (.*?)( \*\(notice\)\*)? \| (.*) \|$/gm)].map(
    ([, id, summary, notice, mend]) => ({ id, summary, severity: notice ? 'notice' : 'error', mend: mend?.trim() }),
  );
  const declared = invariantsOf(planGraph(firstPartyPlugins())).map(({ id, summary, severity = 'error', mend }) => ({
    id,
    summary,
    severity,
    mend: mend?.summary ?? '',
  }));
  expect(documented).toEqual(declared);
});
