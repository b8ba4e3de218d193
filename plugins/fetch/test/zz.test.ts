import { expectedDocuments, startExampleSite } from '@sheaf/example-site';
import { test } from 'vitest';
import { fetchSheaf } from './support/fetch-sheaf.ts';
test.each([false,true])('t %s', async (noApi) => {
  const site = await startExampleSite({ slowMs: 20 });
  const running = await fetchSheaf('sqlite', { web: { connectTo: site.connectTo, minDelayMs: 0 }, fetch: { maxAttempts: 2 } });
  const w = running.sheaf.workspace('default');
  const uris = expectedDocuments().flatMap((r) => [...r.aliases, r.uri]).filter(u=>!noApi||!u.includes('/api'));
  await w.data.documents.register(uris.map((uri)=>({uri})), { method:'crawl' });
  for (let i=0;i<2;i++){ const t=performance.now(); const o = await w.fetch.run({refetch:true},{}); console.log(noApi, Math.round(performance.now()-t), JSON.stringify({...o, errors:0})); }
  const reqs = site.requests; const t0=(reqs[0] as any).at ?? 0; console.log(reqs.length, JSON.stringify(reqs[0]));
  await running.close(); await site.close();
});
