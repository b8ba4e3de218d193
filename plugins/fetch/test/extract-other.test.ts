import { renderRoute, scenarioNamed, siteRoutes } from '@sheaf/example-site';
import { describe, expect, test } from 'vitest';
import { type DocumentFormat, type Extracted, extract } from '../src/index.ts';

async function read(content: string | Uint8Array, format: DocumentFormat): Promise<Extracted> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return extract({ bytes, format, contentTypeHeader: 'text/plain; charset=utf-8', url: 'https://example.com/file' });
}

describe('text that is no HTML', () => {
  test('stays as it is', async () => {
    const text = '# Not touched\n\n* at all *\n';
    expect(await read(text, 'text')).toMatchObject({ markdown: text, title: null, charset: 'utf-8' });
    expect((await read(text, 'markdown')).markdown).toBe(text);
  });

  test.each([
    ['the first heading of level one', 'Intro\n\n## Two\n\n# The *title* #\n\n# Other', 'The *title*'],
    ['no comment inside of a code block', '```sh\n# a comment\n```\n\n# Real\n', 'Real'],
    ['the front matter', '---\ntitle: "From front matter"\ntags: [a]\n---\n# Heading', 'From front matter'],
    ['nothing', 'No heading here', null],
  ])('in Markdown has as title %s', async (_, markdown, title) => {
    expect((await read(markdown, 'markdown')).title).toBe(title);
  });

  test.each<[DocumentFormat, string, string]>([
    ['json', '{"a": 1}\n', '```json\n{"a": 1}\n```\n'],
    ['xml', '<a>```</a>', '````xml\n<a>```</a>\n````\n'],
    ['csv', 'a,b\n1,2\n', '```csv\na,b\n1,2\n```\n'],
    ['json', '', ''],
  ])('and is %s becomes a code block', async (format, text, markdown) => {
    expect((await read(text, format)).markdown).toBe(markdown);
  });
});

describe('a PDF', () => {
  const route = siteRoutes.find(({ path }) => path === '/downloads/quick-card.pdf');
  const pdf = route && renderRoute(route, scenarioNamed('initial')).body;
  const bytes = pdf instanceof Uint8Array ? pdf : new Uint8Array();

  test('gives its text in lines, its title and its number of pages', async () => {
    const { markdown, title, charset, metadata } = await read(bytes, 'pdf');
    expect(markdown).toBe(
      'Kettlestitch quick card\n\nFold with the grain.\nPierce from the inside.\nWax the thread twice.\n' +
        'Measure the spine after pressing.\nDo not open the book to look.\n',
    );
    expect({ title, charset }).toEqual({ title: 'Kettlestitch quick card', charset: null });
    expect(metadata).toEqual({
      extractor: 'pdf',
      title: { value: 'Kettlestitch quick card', source: 'pdf' },
      pageCount: { value: 1, source: 'pdf' },
    });
  });

  test('leaves the bytes it is given usable', async () => {
    const copy = Uint8Array.from(bytes);
    await read(copy, 'pdf');
    expect(copy).toEqual(bytes);
  });

  test('that is damaged is refused', async () => {
    await expect(read('%PDF-1.7\nand nothing else', 'pdf')).rejects.toThrow();
  });
});
