import { beforeEach, describe, expect, test } from 'vitest';
import { closeInAgreement } from './support/consistency.ts';
import { type FetchSheaf, fetchSheaf } from './support/fetch-sheaf.ts';
import { page, type StubAnswer, type StubAnswers, type StubSite, startStubSite } from './support/stub-site.ts';

describe.each(['sqlite', 'postgresql'] as const)('addresses of one document on %s', (provider) => {
  let running: FetchSheaf;
  let site: StubSite;
  const workspace = () => running.sheaf.workspace('default');
  const at = (path: string): string => site.origin + path;
  const canonical = (path: string): string => `<link rel="canonical" href="${path}">`;
  const serve = (answers: StubAnswers): void => site.serve(answers);
  const redirect = (location: string, status = 302): StubAnswer => ({ status, headers: { location } });
  const fetchAll = async (...paths: readonly string[]) => {
    await workspace().data.documents.register(
      paths.map((path) => ({ uri: at(path) })),
      { method: 'crawl' },
    );
    return workspace().fetch.run({ concurrency: 1 });
  };
  /** Canonical addresses with their aliases. */
  const addresses = async (): Promise<Record<string, string[]>> => {
    const { data } = workspace();
    const { items } = await data.documents.page({ limit: 1_000 });
    const entries = items.map(async ({ id, uri }) => {
      const uris = await data.documents.uris(id);
      const others = uris.filter((one) => one.uri !== uri).map((one) => one.uri.replace(site.origin, ''));
      return [uri.replace(site.origin, ''), others.sort()] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  };
  const textOf = async (path: string): Promise<string> => {
    const document = await workspace().data.documents.find(at(path));
    return new TextDecoder().decode(await workspace().data.contents.read(document?.textHash ?? ''));
  };

  beforeEach(async () => {
    [running, site] = await Promise.all([fetchSheaf(provider), startStubSite()]);
    return () => closeInAgreement(running, site);
  });

  test('a redirect to a known document makes the two one', async () => {
    serve({ '/old': redirect('/new', 301), '/new': page('New', 'The text.') });
    const output = await fetchAll('/old', '/new');
    expect(output).toMatchObject({ completed: 1, skipped: 1, errorCounts: { 'fetch.merged': 1 } });
    expect(await addresses()).toEqual({ '/new': ['/old'] });
    expect(await textOf('/old')).toBe('The text.\n');
  });

  test('a redirect to an unknown address renames the document, which keeps its content', async () => {
    serve({ '/old': redirect('/new'), '/new': page('New', 'The text.') });
    expect(await fetchAll('/old')).toMatchObject({ completed: 1, skipped: 0 });
    expect(await addresses()).toEqual({ '/new': ['/old'] });
    expect(await textOf('/new')).toBe('The text.\n');
    // From now on the address that answers is asked.
    site.requests.length = 0;
    await workspace().fetch.run({ refetch: true });
    expect(site.paths).toEqual(['/new']);
  });

  test('every address on the way of several redirects leads to the last', async () => {
    serve({ '/1': redirect('/2'), '/2': redirect('/3'), '/3': page('3', 'The text.') });
    await fetchAll('/1', '/3');
    expect(await addresses()).toEqual({ '/3': ['/1', '/2'] });
  });

  test('a page that names a known canonical address is that document; its own content is not taken for it', async () => {
    serve({ '/print': page('P', 'For the printer.', canonical('/page')), '/page': page('P', 'For the screen.') });
    const output = await fetchAll('/print', '/page');
    expect(output).toMatchObject({ completed: 1, skipped: 1, errorCounts: { 'fetch.merged': 1 } });
    expect(await addresses()).toEqual({ '/page': ['/print'] });
    expect(await textOf('/print')).toBe('For the screen.\n');
  });

  test('a page that names an unknown canonical address takes it', async () => {
    serve({ '/page?utm=1': page('P', 'The text.', canonical('/page')), '/page': page('P', 'The text.') });
    await fetchAll('/page?utm=1');
    expect(await addresses()).toEqual({ '/page': ['/page?utm=1'] });
    expect(await textOf('/page')).toBe('The text.\n');
  });

  test('two pages that each name the other become one with content, and stay so', async () => {
    serve({ '/a': page('A', 'Text A.', canonical('/b')), '/b': page('B', 'Text B.', canonical('/a')) });
    await workspace().data.documents.register([{ uri: at('/a') }, { uri: at('/b') }], { method: 'crawl' });
    await workspace().fetch.run({ concurrency: 8 });
    const before = await addresses();
    expect(Object.keys(before)).toHaveLength(1);
    await workspace().fetch.run({});
    await workspace().fetch.run({ refetch: true });
    expect(await addresses()).toEqual(before);
    const { items } = await workspace().data.documents.page();
    expect(items).toMatchObject([{ version: 1, stages: { fetch: { status: 'completed' } } }]);
  });

  test('an address that redirects to the page that names it as canonical leaves the page its content', async () => {
    serve({ '/a': redirect('/b'), '/b': page('B', 'Text B.', canonical('/a')) });
    await workspace().data.documents.register([{ uri: at('/a') }, { uri: at('/b') }], { method: 'crawl' });
    await workspace().fetch.run({ concurrency: 8 });
    await workspace().fetch.run({});
    expect(Object.keys(await addresses())).toHaveLength(1);
    expect(await textOf('/a')).toBe('Text B.\n');
  });

  test.each([
    ['is gone', { status: 404 }],
    ['failed', { status: 403 }],
  ])('a canonical address that %s is not followed', async (_, answer) => {
    serve({ '/target': answer, '/page': page('P', 'The text.', canonical('/target')) });
    await fetchAll('/target');
    await fetchAll('/page');
    expect(await textOf('/page')).toBe('The text.\n');
    expect(Object.keys(await addresses()).sort()).toEqual(['/page', '/target']);
  });

  test('a canonical address that may not be fetched is not followed', async () => {
    serve({
      '/robots.txt': { type: 'text/plain', body: 'User-agent: *\nDisallow: /hidden' },
      '/page': page('P', 'The text.', canonical('/hidden')),
    });
    await fetchAll('/page');
    expect(await addresses()).toEqual({ '/page': [] });
  });

  test('what leads to another host makes no alias; the content stays with who was asked', async () => {
    const other = await startStubSite();
    try {
      const foreign = page('F', 'Foreign text.', `<link rel="canonical" href="${at('/home')}">`);
      other.answers.set('/x', { body: foreign });
      serve({
        '/out': redirect(`${other.origin}/x`),
        '/borrowed': page('B', 'Borrowed.', `<link rel="canonical" href="${other.origin}/x">`),
        '/home': page('H', 'Home.'),
      });
      await fetchAll('/out', '/borrowed', '/home');
      expect(await addresses()).toEqual({ '/out': [], '/borrowed': [], '/home': [] });
      expect(await textOf('/out')).toBe('Foreign text.\n');
      const document = await workspace().data.documents.find(at('/out'));
      expect(document?.facets.fetch?.finalUri).toBe(`${other.origin}/x`);
    } finally {
      await other.close();
    }
  });

  test('a redirect to a document that was gone shows that it is back', async () => {
    serve({ '/new': { status: 404 } });
    await fetchAll('/new');
    serve({ '/old': redirect('/new'), '/new': page('New', 'The text.') });
    await fetchAll('/old');
    await workspace().fetch.run({});
    expect(await addresses()).toEqual({ '/new': ['/old'] });
    expect(await textOf('/new')).toBe('The text.\n');
  });
});
