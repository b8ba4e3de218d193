import { describe, it } from 'vitest';
import { harnesses } from './harnesses.ts';
import { createDataRepositories } from '@sheaf/db';
describe.each(harnesses.filter(h=>h.provider!=='sqlite-memory'))('$name', (h) => {
  it('works', async () => {
    const data = await h.open({ registry: { stages: [{ name: 'fetch', startsPending: true }, { name: 'map' }] } });
    const sc = await data.scope();
    const times = new Map<string, number>();
    const wrap = (scope: any): any => ({ ...scope, sql: new Proxy(scope.sql, { get: (t, k) => ['all','execute'].includes(k as string) ? async (s: any) => { const t0 = performance.now(); const r = await t[k](s); const key = s.strings.join('?').replace(/\s+/g,' ').slice(0, 70); times.set(key, (times.get(key) ?? 0) + performance.now() - t0); return r; } : t[k] }), transaction: (w: any) => scope.transaction((i: any) => w(wrap(i))) });
    const { documents, sources } = createDataRepositories(wrap(sc));
    const s = await sources.ensure({ kind: 'site', uri: 'https://x.test/' });
    for (const kind of ['new', 'known']) {
      times.clear();
    const t = performance.now(); 
    for (let k = 0; k < 10; k++) await documents.register(Array.from({ length: 500 }, (_, i) => ({ uri: `https://x.test/p${k}/${i}`, title: `t${i}` })), { sourceId: s.id, method: 'crawl' });
    console.log(h.name, kind, 'rows/s', 5000 / (performance.now() - t) * 1000, times);
    }
    await data.close();
  });
});
