import type { DocumentFilter } from '@sheaf/db';
import { describe, expect, it } from 'vitest';
import { type DocumentWorkspace, hold, openDocuments, registered } from '../support/document-rows.ts';
import type { DocumentCases } from './document-cases.ts';

const at = (path: string): string => `https://example.com/${path}`;

export function describeFilters({ data, clock }: DocumentCases): void {
  /** The paths of the documents that a filter lets through, by each way of asking. */
  const chosen = async ({ documents }: DocumentWorkspace, filter: DocumentFilter): Promise<readonly string[]> => {
    const page = await documents.page({ ...filter, orderBy: 'uri' });
    const names = page.items.map(({ uri }) => uri.replace(at(''), ''));
    expect(await documents.count(filter)).toBe(names.length);
    const identities = await documents.identities(filter);
    expect(identities.items.map(({ uri }) => uri.replace(at(''), '')).sort()).toEqual([...names].sort());
    return names;
  };

  describe('filters', () => {
    it('take ids and URIs, aliases among them', async () => {
      const workspace = await openDocuments(data());
      const [a = '', b = ''] = await registered(workspace, at('a'), at('b'), at('c'));
      await workspace.documents.unite([
        { documentId: b, canonicalUri: at('B'), aliases: [at('b2')], kind: 'redirect' },
      ]);
      expect(await chosen(workspace, { ids: [a, b, 'x'] })).toEqual(['B', 'a']);
      expect(await chosen(workspace, { ids: [] })).toEqual([]);
      expect(await chosen(workspace, { uris: [at('a'), at('b2'), at('b'), at('d')] })).toEqual(['B', 'a']);
      expect(await chosen(workspace, { uris: [] })).toEqual([]);
      expect(await chosen(workspace, { ids: [a], uris: [at('b')] })).toEqual([]);
    });

    it('take many ids at once', async () => {
      const workspace = await openDocuments(data());
      const ids = await registered(workspace, ...Array.from({ length: 700 }, (_, place) => at(String(place))));
      const many = [...ids, ...Array.from({ length: 40_000 }, (_, place) => `no-${place}`)];
      expect(await workspace.documents.count({ ids: many })).toBe(700);
    });

    it('take parts of URIs letter by letter', async () => {
      const workspace = await openDocuments(data());
      const names = [
        '50%25_off',
        '50%',
        '50x',
        'a[1]',
        'a1',
        'A1',
        'a*b',
        'axb',
        'q?x=1',
        'qyx=1',
        'back\\slash',
        'a_b',
      ];
      await registered(workspace, ...names.map(at));
      const part = (uriContains: string) => chosen(workspace, { uriContains });
      expect(await part('50%')).toEqual(['50%', '50%25_off']);
      expect(await part('1_')).toEqual([]);
      expect(await part('_')).toEqual(['50%25_off', 'a_b']);
      expect(await part('[1]')).toEqual(['a[1]']);
      expect(await part('*')).toEqual(['a*b']);
      expect(await part('?')).toEqual(['q?x=1']);
      expect(await part('\\')).toEqual(['back\\slash']);
      expect(await part('A1')).toEqual(['A1']);
      expect(await part('')).toHaveLength(names.length);
      expect(await part("'; DROP TABLE documents; --")).toEqual([]);
    });

    it('match globs of * and ? over the whole URI, everything else literally', async () => {
      const workspace = await openDocuments(data());
      const names = [
        'docs/a',
        'docs/b/c',
        'blog/a',
        'a[1]',
        'a1',
        '100%',
        '100x',
        'x_y',
        'xzy',
        'back\\slash',
        'a]',
        'DOCS/a',
      ];
      await registered(workspace, ...names.map(at));
      const glob = (...include: readonly string[]) => chosen(workspace, { include });
      expect(await glob('*/docs/*')).toEqual(['docs/a', 'docs/b/c']);
      expect(await glob(at('docs/?'))).toEqual(['docs/a']);
      expect(await glob('docs/a')).toEqual([]);
      expect(await glob('*[1]')).toEqual(['a[1]']);
      expect(await glob('*a]')).toEqual(['a]']);
      expect(await glob('*100%')).toEqual(['100%']);
      expect(await glob('*/x_y')).toEqual(['x_y']);
      expect(await glob('*\\*')).toEqual(['back\\slash']);
      expect(await glob('*/blog/*', '*/a1')).toEqual(['a1', 'blog/a']);
      expect(await glob()).toHaveLength(names.length);
      expect(await chosen(workspace, { include: ['*/docs/*'], exclude: ['*/b/*', '*x*'] })).toEqual([]);
      expect(await chosen(workspace, { include: ['*docs/*'], exclude: ['*/b/*'] })).toEqual(['docs/a']);
      expect(await chosen(workspace, { exclude: [] })).toHaveLength(names.length);
    });

    it('match globs in the order of URIs and in counts as well, whatever they begin with', async () => {
      const workspace = await openDocuments(data());
      const long = 'l'.repeat(250);
      const names = ['a', 'a~b', 'a~c', 'b}x', 'b~', 'ä1', 'ä2', `${long}1`, `${long}2`, 'Z'];
      await registered(workspace, ...names.map(at));
      for (const [glob, meant] of [
        ['a*', ['a', 'a~b', 'a~c']],
        ['a~*', ['a~b', 'a~c']],
        ['b}*', ['b}x']],
        ['ä?', ['ä1', 'ä2']],
        [`${long}*`, [`${long}1`, `${long}2`]],
        [`${long}2`, [`${long}2`]],
        ['Z', ['Z']],
        ['*', names],
      ] as const) {
        const filter = { include: [at(glob)] };
        const { items } = await workspace.documents.page({ ...filter, orderBy: 'uri' });
        expect(items.map(({ uri }) => uri).sort()).toEqual(meant.map(at).sort());
        expect(await workspace.documents.count(filter)).toBe(meant.length);
      }
    });

    it('take the domain in any case, and the source', async () => {
      const workspace = await openDocuments(data());
      const feed = await workspace.sources.ensure({ kind: 'feed', uri: at('feed') });
      await registered(workspace, at('site'), 'https://other.example/');
      await workspace.documents.register([{ uri: at('fed') }], { sourceId: feed.id, method: 'feed' });
      expect(await chosen(workspace, { domain: 'Example.COM' })).toEqual(['fed', 'site']);
      expect(await chosen(workspace, { sourceId: feed.id })).toEqual(['fed']);
      expect(await chosen(workspace, { sourceId: workspace.source.id })).toEqual(['site', 'https://other.example/']);
      expect(await chosen(workspace, { sourceId: 'unknown' })).toEqual([]);
    });

    it('take stages by status and variant', async () => {
      const workspace = await openDocuments(data());
      const { stages } = workspace;
      const [a = '', b = '', c = ''] = await registered(workspace, at('a'), at('b'), at('c'), at('d'));
      await stages.set([
        { documentId: a, stage: 'fetch', status: 'completed' },
        { documentId: b, stage: 'fetch', status: 'failed', errorCode: 'fetch.timeout' },
        { documentId: c, stage: 'fetch', variant: 'mobile', status: 'stale', errorCode: 'fetch.other' },
      ]);
      const stage = (statuses: NonNullable<DocumentFilter['stage']>['statuses'], variant?: string) =>
        chosen(workspace, { stage: { stage: 'fetch', statuses, ...(variant === undefined ? {} : { variant }) } });
      expect(await stage(['pending'])).toEqual(['c', 'd']);
      expect(await stage(['failed', 'completed', 'failed'])).toEqual(['a', 'b']);
      expect(await stage(['stale'])).toEqual([]);
      expect(await stage(['stale'], 'mobile')).toEqual(['c']);
      expect(await stage([])).toEqual([]);
      expect(await chosen(workspace, { hasError: true })).toEqual(['b']);
      expect(await chosen(workspace, { hasError: false })).toEqual(['a', 'c', 'd']);
      expect(await chosen(workspace, { errorCode: 'fetch.timeout' })).toEqual(['b']);
      expect(await chosen(workspace, { errorCode: 'fetch.other' })).toEqual(['c']);
    });

    it('walk the documents of several statuses in the order of their ids', async () => {
      const workspace = await openDocuments(data());
      const ids = await registered(workspace, ...Array.from({ length: 9 }, (_, place) => at(String(place))));
      const ordered = [...ids].sort();
      await workspace.stages.set(
        ordered.map((documentId, place) => ({
          documentId,
          stage: 'fetch',
          status: (['pending', 'stale', 'failed'] as const)[place % 3] as 'pending',
        })),
      );
      const expected = ordered.filter((_, place) => place % 3 !== 2);
      for (const descending of [false, true]) {
        const walked: string[] = [];
        for (let after: string | undefined, isFirst = true; isFirst || after !== undefined; isFirst = false) {
          const page = await workspace.documents.page({
            stage: { stage: 'fetch', statuses: ['stale', 'pending'] },
            limit: 2,
            descending,
            ...(after === undefined ? {} : { after }),
          });
          walked.push(...page.items.map(({ id }) => id));
          after = page.next;
        }
        expect(walked).toEqual(descending ? [...expected].reverse() : expected);
      }
    });

    it('take content, its length, and what is gone', async () => {
      const workspace = await openDocuments(data());
      const [small = '', large = '', empty = '', gone = ''] = await registered(
        workspace,
        at('s'),
        at('l'),
        at('e'),
        at('g'),
      );
      await hold(workspace, small, '1234567'); // 3 bytes of markup and 7 of text
      await hold(workspace, large, 'x'.repeat(97));
      await hold(workspace, gone, 'gone');
      await workspace.documents.markGone([gone], { runId: workspace.runId });
      expect(empty).toBeTruthy();
      expect(await chosen(workspace, { minLength: 10 })).toEqual(['l', 's']);
      expect(await chosen(workspace, { minLength: 11 })).toEqual(['l']);
      expect(await chosen(workspace, { maxLength: 100 })).toEqual(['l', 's']);
      expect(await chosen(workspace, { maxLength: 99 })).toEqual(['s']);
      expect(await chosen(workspace, { minLength: 10.5, maxLength: 1e12 })).toEqual(['l']);
      expect(await chosen(workspace, { hasContent: true })).toEqual(['l', 's']);
      expect(await chosen(workspace, { hasContent: false })).toEqual(['e', 'g']);
      expect(await chosen(workspace, { isGone: true })).toEqual(['g']);
      expect(await chosen(workspace, { isGone: false })).toEqual(['e', 'l', 's']);
    });

    it('take times from inclusive to exclusive', async () => {
      const workspace = await openDocuments(data());
      const first = clock.now();
      const [one = ''] = await registered(workspace, at('1'));
      const second = clock.advance(1);
      await registered(workspace, at('2'));
      const third = clock.advance(1);
      await registered(workspace, at('1'));
      await hold(workspace, one, 'text');
      expect(await chosen(workspace, { firstSeen: { from: second } })).toEqual(['2']);
      expect(await chosen(workspace, { firstSeen: { to: second } })).toEqual(['1']);
      expect(await chosen(workspace, { firstSeen: { from: first, to: third } })).toEqual(['1', '2']);
      expect(await chosen(workspace, { lastSeen: { from: third } })).toEqual(['1']);
      expect(await chosen(workspace, { lastSeen: { from: second, to: third } })).toEqual(['2']);
      expect(await chosen(workspace, { changed: { from: third } })).toEqual(['1']);
      expect(await chosen(workspace, { changed: { to: third } })).toEqual([]);
    });

    it('hold text that no database could store, and match nothing', async () => {
      const workspace = await openDocuments(data());
      await registered(workspace, at('a'));
      for (const text of ['\0nowhere', '\ud800nowhere']) {
        expect(await chosen(workspace, { uriContains: text })).toEqual([]);
        expect(await chosen(workspace, { ids: [text] })).toEqual([]);
        expect(await chosen(workspace, { uris: [text] })).toEqual([]);
        expect(await chosen(workspace, { errorCode: text })).toEqual([]);
        expect(await chosen(workspace, { sourceId: text })).toEqual([]);
        expect(await chosen(workspace, { domain: text })).toEqual([]);
        expect(await chosen(workspace, { stage: { stage: text, statuses: ['pending'], variant: text } })).toEqual([]);
      }
    });
  });

  describe('counts', () => {
    it('by stage are those of the filter', async () => {
      const workspace = await openDocuments(data());
      const { documents, stages, source } = workspace;
      const [a = ''] = await registered(workspace, at('a'), at('b'));
      await documents.register([{ uri: 'https://other.example/' }], { method: 'cli' });
      await stages.set([
        { documentId: a, stage: 'fetch', status: 'failed' },
        { documentId: a, stage: 'fetch', variant: 'mobile', status: 'stale' },
      ]);
      const counted = async (filter?: Parameters<typeof documents.countsByStage>[0]) =>
        (await documents.countsByStage(filter)).map(({ stage, status, count }) => `${stage} ${status} ${count}`);
      expect(await counted()).toEqual(['fetch failed 1', 'fetch pending 2', 'outline pending 3']);
      expect(await counted({ domain: 'other.example' })).toEqual(['fetch pending 1', 'outline pending 1']);
      expect(await counted({ sourceId: source.id })).toEqual([
        'fetch failed 1',
        'fetch pending 1',
        'outline pending 2',
      ]);
      expect(await counted({ sourceId: 'unknown' })).toEqual([]);
    });

    it('leave out what was merged', async () => {
      const workspace = await openDocuments(data());
      const { documents } = workspace;
      const [a = ''] = await registered(workspace, at('a'), at('b'), 'https://other.example/');
      await documents.unite([{ documentId: a, canonicalUri: at('b'), aliases: [], kind: 'redirect' }]);
      expect(await documents.countsByStage()).toEqual([
        { stage: 'fetch', status: 'pending', count: 2 },
        { stage: 'outline', status: 'pending', count: 2 },
      ]);
      expect(await documents.countsByDomain()).toEqual([
        { domain: 'example.com', count: 1 },
        { domain: 'other.example', count: 1 },
      ]);
      expect(await documents.count()).toBe(2);
    });

    it('by domain begin with the most', async () => {
      const workspace = await openDocuments(data());
      const urls = ['https://b.example/1', 'https://a.example/1', 'https://c.example/1', 'https://c.example/2'];
      await registered(workspace, ...urls);
      const { documents } = workspace;
      expect(await documents.countsByDomain()).toEqual([
        { domain: 'c.example', count: 2 },
        { domain: 'a.example', count: 1 },
        { domain: 'b.example', count: 1 },
      ]);
      expect(await documents.countsByDomain({ limit: 2 })).toHaveLength(2);
      await expect(documents.countsByDomain({ limit: 0 })).rejects.toMatchObject({ code: 'db.invalid-limit' });
    });
  });
}
