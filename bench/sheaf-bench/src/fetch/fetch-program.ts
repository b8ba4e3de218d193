import { contentHash } from '@sheaf/core';
import { extract } from '@sheaf/plugin-fetch';
import { createWebClient, type WebClientOptions, type WebResponse } from '@sheaf/web';
import { parseHTML } from 'linkedom';
import { createSheaf } from 'sheaf';
import { answer } from '../harness/child.ts';
import { liveBytes, type Measurement, measure, peak, resetPeak } from '../harness/measure.ts';
import type { PageSize } from './page.ts';
import { createTextSum } from './text-sum.ts';

// A contender of `fetch`, in a process of its own. All but the last store nothing; each does what the one before it
// does and one thing more, so that the differences of their CPU times tell where the time of a page goes.

export type FetchContender = 'request' | 'parse' | 'extract' | 'hash' | 'store';

export interface FetchInput {
  readonly contender: FetchContender;
  readonly origin: string;
  readonly size: PageSize;
  readonly count: number;
  readonly concurrency: number;
  /** For `store`. */
  readonly url: string;
}

/** What a tenth of the pages took. */
export interface Tenth {
  readonly seconds: number;
  /** The most that was resident during it. */
  readonly peakBytes: number;
  /** What was still needed at its end; absent without `--expose-gc`. */
  readonly liveBytes: number | undefined;
}

export interface FetchAnswer extends Measurement {
  readonly tenths: readonly Tenth[];
  /** Digest of all Markdown, in any order: what was stored is what was extracted. */
  readonly textDigest: string;
}

/** Pages before the measured ones: modules are loaded and code is compiled by then. */
const WARM_UP = 100;
const web: WebClientOptions = { allowPrivate: true, minDelayMs: 0, maxPerHost: 256 };

await answer<FetchInput>(async (input) => (input.contender === 'store' ? store(input) : withoutStore(input)));

async function withoutStore({ contender, origin, size, count, concurrency }: FetchInput): Promise<FetchAnswer> {
  const client = createWebClient(web);
  const texts = createTextSum();
  const handle = async (response: WebResponse): Promise<void> => {
    const { body, finalUrl } = response;
    if (contender === 'request') return;
    if (contender === 'parse') {
      parseHTML(new TextDecoder().decode(body));
      return;
    }
    const contentTypeHeader = response.headers['content-type'];
    const { markdown } = await extract({ bytes: body, format: 'html', contentTypeHeader, url: finalUrl });
    if (contender === 'extract') return;
    contentHash(body);
    texts.add(contentHash(new TextEncoder().encode(markdown)));
  };
  const progress = createProgress(count);
  const get = async (first: number, pages: number, onPage: () => void): Promise<void> => {
    let next = first;
    const worker = async (): Promise<void> => {
      while (next < first + pages) {
        const number = next;
        next += 1;
        await handle(await client.get(`${origin}/${size}/${number}`));
        onPage();
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
  };
  try {
    await get(count, WARM_UP, () => {});
    texts.clear();
    let done = 0;
    const onPage = (): void => {
      done += 1;
      progress.reached(done);
    };
    progress.start();
    const measured = await measure(() => get(0, count, onPage));
    return { ...measured, tenths: progress.tenths(), textDigest: texts.digest() };
  } finally {
    await client.close();
  }
}

async function store({ url, origin, size, count, concurrency }: FetchInput): Promise<FetchAnswer> {
  const sheaf = await createSheaf({ url, web });
  const workspace = sheaf.workspace('default');
  const register = async (first: number, pages: number): Promise<void> => {
    const batch = 500;
    for (let start = first; start < first + pages; start += batch) {
      const numbers = Array.from({ length: Math.min(batch, first + pages - start) }, (_, index) => start + index);
      await workspace.data.documents.register(
        numbers.map((number) => ({ uri: `${origin}/${size}/${number}` })),
        { method: 'bench' },
      );
    }
  };
  const progress = createProgress(count);
  try {
    await register(count, WARM_UP);
    await workspace.fetch.run({ concurrency });
    await register(0, count);
    progress.start();
    const measured = await measure(async () => {
      const { completed, runId } = await workspace.fetch.run(
        { concurrency },
        { onProgress: ({ phase, done }) => phase === 'fetch' && progress.reached(done) },
      );
      if (completed !== count || runId === null) throw new Error(`${completed} of ${count} pages were stored.`);
    });
    const texts = createTextSum();
    for (let after: string | undefined; ; ) {
      const page = await workspace.data.documents.page({ limit: 1_000, ...(after === undefined ? {} : { after }) });
      for (const { uri, textHash } of page.items) {
        if (Number(uri.slice(uri.lastIndexOf('/') + 1)) < count) texts.add(textHash ?? '');
      }
      if (page.next === undefined) break;
      after = page.next;
    }
    return { ...measured, tenths: progress.tenths(), textDigest: texts.digest() };
  } finally {
    await sheaf.close();
  }
}

interface Progress {
  start(): void;
  reached(done: number): void;
  tenths(): readonly Tenth[];
}

function createProgress(count: number): Progress {
  const tenths: Tenth[] = [];
  let startedAt = 0;
  const start = (): void => {
    resetPeak();
    startedAt = performance.now();
  };
  return {
    start,
    reached(done: number): void {
      if (tenths.length >= 10 || done < ((tenths.length + 1) * count) / 10) return;
      const seconds = (performance.now() - startedAt) / 1000;
      tenths.push({ seconds, peakBytes: peak(), liveBytes: globalThis.gc === undefined ? undefined : liveBytes() });
      start();
    },
    tenths: () => tenths,
  };
}
