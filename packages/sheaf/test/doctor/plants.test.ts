import { systemClock } from '@sheaf/core';
import { type Integrity, rawSql, type Session } from '@sheaf/db';
import { type DoctorOutput, doctorPlugin } from 'sheaf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HealthyCorpus, openHealthyCorpus } from './healthy-corpus.ts';
import { PLANTS, type Plant } from './plants.ts';

/** Faults that a transaction cannot hold: the tests of the command plant them. */
const OUTSIDE = {
  sqlite: ['database.integrity', 'database.extras', 'database.drift'],
  postgresql: ['database.extras', 'database.drift', 'database.space'],
};

describe.each(['sqlite', 'postgresql'] as const)('the doctor on %s', (provider) => {
  let corpus: HealthyCorpus;
  beforeAll(async () => {
    corpus = await openHealthyCorpus(provider);
  });
  afterAll(() => corpus.close());

  it.each([{ deep: false }, { deep: true }])('finds nothing in a healthy database, with %j', async (input) => {
    const { findings, mended, checked } = await corpus.sheaf.workspace('default').doctor.run(input);
    expect(findings).toEqual([]);
    expect(mended).toEqual([]);
    expect(checked).toBeGreaterThanOrEqual(70);
  });

  it('has a planted fault for every invariant', () => {
    const { invariants } = corpus.integrityIn(corpus.sheaf.connection);
    const planted = Object.keys(PLANTS).filter((id) => (PLANTS[id]?.only ?? provider) === provider);
    const elsewhere = provider === 'postgresql' ? ['contents.stray-files'] : ['database.roles'];
    expect([...planted, ...OUTSIDE[provider], ...elsewhere].sort()).toEqual(invariants.map(({ id }) => id).sort());
  });

  const faults = Object.entries(PLANTS).filter(([, { only }]) => (only ?? provider) === provider);
  it.each(faults)('finds the fault against %s, and no other; mends what it says it mends', async (id, fault) => {
    await planted(fault, async (integrity) => {
      const first = await doctor(integrity, { deep: fault.isDeep ?? false });
      expect(first.findings.map((finding) => finding.id).sort()).toEqual([id, ...(fault.also ?? [])].sort());
      expect(first.mended).toEqual([]);
      const finding = first.findings.find((one) => one.id === id);
      expect(finding?.examples.length).toBeGreaterThan(0);
      if (finding?.fix === null || fault.isMendedOutside) return;
      const second = await doctor(integrity, { fix: true });
      expect(second.mended.map((one) => one.id)).toContain(id);
      expect(second.findings).toEqual([]);
    });
  });

  const rollback = new Error('rolled back');

  /** Plants a fault in a transaction that is rolled back. */
  async function planted(fault: Plant, work: (integrity: Integrity) => Promise<void>): Promise<void> {
    const { sheaf, url } = corpus;
    let undo: (() => Promise<void>) | undefined;
    const attempt = sheaf.connection.transaction(async (session: Session<unknown>) => {
      // Faults get past the database itself: foreign keys are off, or not looked at before the end.
      const loosen = {
        sqlite: 'PRAGMA defer_foreign_keys = ON',
        postgresql: 'SET LOCAL session_replication_role = replica',
      };
      await session.sql.execute(rawSql(loosen[provider]));
      const { plant } = fault;
      if (typeof plant === 'function') undo = (await plant({ db: session.sql, provider, url })) ?? undefined;
      else {
        let changed = 0;
        for (const text of [plant].flat()) changed += await session.sql.execute(rawSql(text));
        if (!/^ALTER/.test([plant].flat()[0] ?? '')) expect(changed).toBeGreaterThan(0);
      }
      await work(corpus.integrityIn(session));
      throw rollback;
    });
    await attempt
      .catch((error: unknown) => {
        if (error !== rollback) throw error;
      })
      .finally(() => undo?.());
  }

  function doctor(integrity: Integrity, input: { fix?: boolean; deep?: boolean }): Promise<DoctorOutput> {
    const tool = doctorPlugin().tools.run;
    const context = {
      needs: { integrity, data: { workspaces: corpus.sheaf.workspaces } },
      run: { progress: () => {} },
      signal: new AbortController().signal,
      clock: systemClock,
    };
    return tool.run(context as never, { fix: false, deep: false, examples: 3, ...input });
  }
});
