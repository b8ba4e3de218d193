import { describe, expect, test } from 'vitest';
import { type Extracted, extract } from '../src/index.ts';

const URL_OF_PAGE = 'https://example.com/docs/page';

async function read(html: string | Uint8Array, contentTypeHeader = 'text/html'): Promise<Extracted> {
  const bytes = typeof html === 'string' ? new TextEncoder().encode(html) : html;
  return extract({ bytes, format: 'html', contentTypeHeader, url: URL_OF_PAGE });
}

/** A page whose article holds `content` beside enough text to be one. */
function page(content: string, head = '<title>A page</title>'): string {
  const filler = 'This sentence, like the others here, is only for the article to have some length, which it needs. ';
  return `<!doctype html><html lang="en"><head>${head}</head><body>
    <nav><ul><li><a href="/">Home of the site</a></li></ul></nav>
    <main><article>${content}<p>${filler.repeat(4)}</p><p>${filler.repeat(4)}</p></article></main>
    <footer><p>Imprint and privacy</p></footer></body></html>`;
}

async function markdownOf(content: string, head?: string): Promise<string> {
  return (await read(page(content, head))).markdown;
}

describe('the Markdown of a page', () => {
  test('leaves out navigation and footer', async () => {
    const markdown = await markdownOf('<p>The content.</p>');
    expect(markdown).toContain('The content.');
    expect(markdown).not.toContain('Home of the site');
    expect(markdown).not.toContain('Imprint');
  });

  test('begins with the heading of the page, once', async () => {
    const markdown = await markdownOf('<h1>Sewing <em>on</em> tapes</h1><h2>Tools</h2><p>A needle.</p>');
    expect(markdown.match(/^# .*/gm)).toEqual(['# Sewing *on* tapes']);
    expect(markdown.startsWith('# Sewing *on* tapes\n')).toBe(true);
    expect(markdown).toContain('\n## Tools\n');
  });

  test('leaves out the marks that link to a heading', async () => {
    const heading = '<a class="headerlink" href="#tools">¶</a>';
    const markdown = await markdownOf(`<h1>Guide${heading}</h1><h2 id="tools">Tools${heading}</h2>`);
    expect(markdown).toMatch(/^# Guide\n\n## Tools\n/);
    // A sharp sign that belongs to the name stays.
    expect((await read('<h1>Learning C#</h1>')).title).toBe('Learning C#');
  });

  test('keeps tables, with pipes inside of cells', async () => {
    const markdown = await markdownOf(`<table>
      <thead><tr><th>Name</th><th>Size</th></tr></thead>
      <tbody><tr><td>a | b</td><td>1</td></tr><tr><td><b>c</b></td><td>200</td></tr></tbody></table>`);
    expect(markdown).toContain('| Name | Size |\n| - | - |\n| a \\| b | 1 |\n| **c** | 200 |\n');
  });

  test.each([
    ['<pre><code class="language-ts">const x = 1;\n</code></pre>', '```ts\nconst x = 1;\n```'],
    ['<pre class="lang-py"><code>x = 1</code></pre>', '```py\nx = 1\n```'],
    ['<pre data-lang="sh">ls -l</pre>', '```sh\nls -l\n```'],
    ['<pre><code><span class="k">if</span> (a &lt; b) {\n  <i>c</i>\n}</code></pre>', '```\nif (a < b) {\n  c\n}\n```'],
    ['<pre>one<br>two</pre>', '```\none\ntwo\n```'],
    ['<pre>a ``` b</pre>', '````\na ``` b\n````'],
  ])('keeps code as it is, with its language: %s', async (html, expected) => {
    expect(await markdownOf(html)).toContain(`${expected}\n`);
  });

  test('keeps nested lists tight', async () => {
    const list = '<ul><li>First, a<ol><li>inner one</li><li>inner two</li></ol></li><li>Second, b</li></ul>';
    expect(await markdownOf(list)).toContain('- First, a\n  1. inner one\n  2. inner two\n- Second, b\n');
  });

  test('makes links and images absolute, from the base that the page names', async () => {
    const content = '<p>See <a href="next?x=1#top">the next</a>, with <img src="/i/a.png" alt="a drawing">.</p>';
    expect(await markdownOf(content)).toContain('[the next](https://example.com/docs/next?x=1#top)');
    const head = '<title>t</title><base href="/other/">';
    const markdown = await markdownOf(content, head);
    expect(markdown).toContain('[the next](https://example.com/other/next?x=1#top)');
    expect(markdown).toContain('![a drawing](https://example.com/i/a.png)');
  });

  test('ignores a base that is no address', async () => {
    const markdown = await markdownOf('<p>See <a href="next">it</a>.</p>', '<base href="http://[">');
    expect(markdown).toContain('[it](https://example.com/docs/next)');
  });

  test('keeps the text of links that lead nowhere, and drops pictures made of text', async () => {
    const markdown = await markdownOf(
      '<p>Press <a href="javascript:go()">the button</a>.<img src="data:image/png;base64,AAAA" alt=""></p>' +
        '<p><img src="data:image/gif;base64,R0lG" data-src="/lazy.jpg" alt="late"></p>',
    );
    expect(markdown).toContain('Press the button.');
    expect(markdown).not.toContain('base64');
    expect(markdown).toContain('![late](https://example.com/lazy.jpg)');
  });

  test('escapes what would read as Markdown', async () => {
    expect(await markdownOf('<p>1. no list, *not* bold, [no link](x)</p>')).toContain(
      '1\\. no list, \\*not\\* bold, \\[no link]\\(x)',
    );
  });

  test.each([
    ['a fragment without a root', '<p>Just a paragraph.</p>', 'Just a paragraph.\n'],
    ['bare text', 'Just text.', 'Just text.\n'],
    ['a head without a root', '<head><title>T</title></head><p>After it.</p>', 'After it.\n'],
    ['a body that is never closed', '<html><body><p>Never closed.', 'Never closed.\n'],
    ['nothing', '', ''],
    ['a page that is empty', '<html><head><title>T</title></head><body></body></html>', ''],
  ])('is taken from %s', async (_, html, markdown) => {
    expect((await read(html)).markdown).toBe(markdown);
  });

  test('of a page that is nested too deep is its plain text', async () => {
    const depth = 20_000;
    const inner = '<p>Deep <b>down</b>.</p><p>* not a list</p>';
    const { markdown, metadata } = await read(`${'<div>'.repeat(depth)}${inner}${'</div>'.repeat(depth)}`);
    expect(markdown).toBe('Deep down.\n\n\\* not a list\n');
    expect(metadata.extractor).toBe('plain-text');
  });

  test('of a page with very many elements leaves out what its markup names as surroundings', async () => {
    const rows = '<p>Row, with a comma.</p>'.repeat(21_000);
    const { markdown, metadata } = await read(`<nav>Menu</nav><main>${rows}</main><footer>End</footer>`);
    expect(metadata.extractor).toBe('body');
    expect(markdown.match(/Row, with a comma\./g)).toHaveLength(21_000);
    expect(markdown).not.toMatch(/Menu|End/);
  });

  test('is the same for the same bytes', async () => {
    const html = page('<p>Again.</p>');
    expect(await read(html)).toEqual(await read(html));
  });
});

describe('the title', () => {
  test.each([
    ['its title element, on one line, entities decoded', '<title> A &amp;\n  B </title><h1>H</h1>', 'A & B'],
    ['its first heading otherwise', '<body><h1>The <i>heading</i></h1><h1>Second</h1>', 'The heading'],
    ['not the title of a drawing', '<body><svg><title>Icon</title></svg><h1>H</h1>', 'H'],
    ['found after what only counts without scripts', '<head><noscript><img src=x></noscript><title>T</title>', 'T'],
    ['absent otherwise', '<body><h2>Only a section</h2>', null],
  ])('of a page is %s', async (_, html, title) => {
    expect((await read(html)).title).toBe(title);
  });
});

describe('the metadata of a page', () => {
  const article = {
    '@context': 'https://schema.org',
    '@graph': [
      { '@type': 'WebSite', name: 'The Site' },
      { '@type': 'Person', '@id': '#ada', name: 'Ada Lovelace' },
      {
        '@type': ['NewsArticle'],
        headline: 'From JSON-LD',
        author: [{ '@id': '#ada' }, { '@type': 'Person', name: 'Charles Babbage' }],
        datePublished: '2025-01-06T09:30:00+01:00',
        dateModified: '2025-02-01',
        description: 'Described by JSON-LD',
        inLanguage: 'de',
      },
    ],
  };
  const jsonLd = `<script type="application/ld+json">${JSON.stringify(article)}</script>`;
  const openGraph = `<meta property="og:title" content="From Open Graph"><meta property="og:site_name" content="OG Site">
    <meta property="article:published_time" content="2024-05-05T10:00:00Z">
    <meta property="article:author" content="https://facebook.com/someone"><meta property="og:locale" content="fr_FR">`;
  const meta = `<meta name="author" content="Meta Author"><meta name="description" content="Described by meta">
    <meta name="date" content="Mon, 06 Jan 2025 08:00:00 GMT">`;
  const ofHead = async (head: string) =>
    (await read(`<html><head>${head}</head><body><h1>Heading</h1></body></html>`)).metadata;

  test('comes from structured data before all else, each value with its source', async () => {
    expect(await ofHead(`<title>T</title>${meta}${openGraph}${jsonLd}`)).toEqual({
      extractor: expect.any(String),
      title: { value: 'From JSON-LD', source: 'json-ld' },
      authors: { value: ['Ada Lovelace', 'Charles Babbage'], source: 'json-ld' },
      publishedAt: { value: '2025-01-06T09:30:00+01:00', source: 'json-ld' },
      modifiedAt: { value: '2025-02-01', source: 'json-ld' },
      description: { value: 'Described by JSON-LD', source: 'json-ld' },
      language: { value: 'de', source: 'json-ld' },
      siteName: { value: 'OG Site', source: 'open-graph' },
    });
  });

  test('comes from Open Graph before plain meta elements; an address is no author', async () => {
    expect(await ofHead(`<title>T</title>${meta}${openGraph}`)).toMatchObject({
      title: { value: 'From Open Graph', source: 'open-graph' },
      authors: { value: ['Meta Author'], source: 'meta' },
      publishedAt: { value: '2024-05-05T10:00:00Z', source: 'open-graph' },
      description: { value: 'Described by meta', source: 'meta' },
      language: { value: 'fr-FR', source: 'open-graph' },
    });
  });

  test('comes from meta elements, the title element and the heading last', async () => {
    expect(await ofHead(`<title>T</title>${meta}`)).toMatchObject({
      title: { value: 'T', source: 'html' },
      publishedAt: { value: '2025-01-06T08:00:00.000Z', source: 'meta' },
    });
    expect((await ofHead('')).title).toEqual({ value: 'Heading', source: 'heading' });
  });

  test('has the language of the root element', async () => {
    expect((await read('<html lang="pt_br"><p>x')).metadata.language).toEqual({ value: 'pt-BR', source: 'html' });
    expect((await read('<html lang="1!"><p>x')).metadata.language).toBeUndefined();
  });

  test('leaves out dates that can be read in two ways, and JSON-LD that is broken', async () => {
    const head = '<meta name="date" content="02/03/2024"><script type="application/ld+json">{"@type":</script>';
    expect((await ofHead(head)).publishedAt).toBeUndefined();
  });

  test.each([
    ['absolute', '<link rel="canonical" href="https://example.com/a/../b">', 'https://example.com/b'],
    ['relative to the base', '<base href="/x/"><link rel="Canonical nofollow" href="y">', 'https://example.com/x/y'],
    ['only the first', '<link rel=canonical href="/1"><link rel=canonical href="/2">', 'https://example.com/1'],
    ['not when empty', '<link rel="canonical" href="">', undefined],
    ['not when it is no web address', '<link rel="canonical" href="mailto:a@b.c">', undefined],
  ])('has the canonical address: %s', async (_, head, uri) => {
    expect((await ofHead(head)).canonicalUri?.value).toBe(uri);
  });

  test('takes no canonical address from the body, which readers may have written', async () => {
    const { metadata } = await read('<head></head><body><p>Hi<link rel="canonical" href="/elsewhere"></p></body>');
    expect(metadata.canonicalUri).toBeUndefined();
  });
});

describe('the charset', () => {
  test('is read from the page where the header names none', async () => {
    // »Straße« in windows-1252: ß is 0xDF.
    const bytes = Buffer.concat([
      Buffer.from('<html><head><meta charset="windows-1252"><title>Stra'),
      Buffer.from([0xdf]),
      Buffer.from('e</title></head><body><p>12 '),
      Buffer.from([0x80]),
      Buffer.from('</p></body></html>'),
    ]);
    const { title, charset, markdown } = await read(bytes);
    expect({ title, charset, markdown }).toEqual({ title: 'Straße', charset: 'windows-1252', markdown: '12 €\n' });
  });

  test('is read from the header', async () => {
    // 日本 in Shift_JIS.
    const bytes = Buffer.concat([
      Buffer.from('<title>'),
      Buffer.from([0x93, 0xfa, 0x96, 0x7b]),
      Buffer.from('</title>'),
    ]);
    const { title, charset } = await read(bytes, 'text/html; charset=Shift_JIS');
    expect({ title, charset }).toEqual({ title: '日本', charset: 'shift_jis' });
  });
});
