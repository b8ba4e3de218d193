import { describe, it, expect } from 'vitest';
import { harnesses } from './harnesses.ts';
describe.each(harnesses)('$name', (h) => {
  it('works', async () => {
    const statements: string[] = [];
    const data = await h.open({ onStatement: (t) => statements.push(t), registry: { stages: [{ name: 'fetch', startsPending: true }, { name: 'map' }], facets: [{ plugin: 'fetch', stage: 'fetch', table: 'fetch_results', columns: { http: { column: 'http_status', type: 'integer' } , fetchedAt: {column:'fetched_at', type:'datetime'}, redirects: {column:'redirects',type:'json'}} }] } });
    const repos = await data.repositories();
    const { documents, sources } = repos;
    const s = await sources.ensure({ kind: 'site', uri: 'https://x.test/' });
    const batch = Array.from({ length: 500 }, (_, i) => ({ uri: `https://x.test/${i}`, title: `t${i}` }));
    statements.length = 0;
    console.log((await documents.register(batch, { sourceId: s.id, method: 'crawl' })).length, statements.length);
    statements.length = 0;
    const b2 = Array.from({ length: 500 }, (_, i) => ({ uri: `https://x.test/${i+250}`, title: `t${i}` }));
    console.log((await documents.register(b2, { sourceId: s.id, method: 'crawl' })).filter(x => x.isNew).length, statements);
    statements.length = 0;
    const p = await documents.page({ limit: 2, stage: { stage: 'fetch', statuses: ['pending', 'stale'] } });
    console.log(p, statements);
    for (const orderBy of ['title', 'changed', 'length', 'uri'] as const) console.log((await documents.page({ limit: 2, orderBy })).items.map(i => i.uri));
    const t = performance.now(); 
    for (let k = 0; k < 20; k++) await documents.register(Array.from({ length: 500 }, (_, i) => ({ uri: `https://x.test/p${k}/${i}`, title: `t${i}` })), { sourceId: s.id, method: 'crawl' });
    console.log(h.name, 'new rows/s', 10000 / (performance.now() - t) * 1000);
    const t2 = performance.now(); 
    for (let k = 0; k < 20; k++) await documents.register(Array.from({ length: 500 }, (_, i) => ({ uri: `https://x.test/p${k}/${i}`, title: `t${i}` })), { sourceId: s.id, method: 'crawl' });
    console.log(h.name, 'known rows/s', 10000 / (performance.now() - t2) * 1000);
    console.log(await documents.count({ stage: { stage: 'fetch', statuses: ['pending'] } }), await documents.countsByStage(), await documents.countsByDomain());
    await data.close();
  });
});
