import { singleSpaces } from '../../text/plain-text.ts';

/**
 * The title of a Markdown text: what its front matter says, else its first heading (`# …`, or underlined by `===`);
 * headings in code blocks and below the first level do not count.
 */
export function readHeading(markdown: string): string | undefined {
  const { title, body } = splitFrontMatter(markdown.replace(/^\uFEFF/, ''));
  return title ?? firstHeading(body);
}

function splitFrontMatter(text: string): { readonly title?: string; readonly body: string } {
  const match = /^---[ \t]*\r?\n([\s\S]*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/.exec(text);
  if (!match) return { body: text };
  const body = text.slice(match[0].length);
  const written = /^title:[ \t]*(.+)$/m.exec(match[1] ?? '')?.[1]?.trim() ?? '';
  const title = singleSpaces(/^(["'])(.*)\1$/.exec(written)?.[2] ?? written);
  return title === '' || /^[|>]/.test(written) ? { body } : { title, body };
}

function firstHeading(body: string): string | undefined {
  let fence: string | undefined;
  let before = '';
  for (const line of body.split(/\r?\n/)) {
    const mark = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line);
    if (fence !== undefined) {
      if (mark?.[1]?.startsWith(fence) && mark[2]?.trim() === '') fence = undefined;
      continue;
    }
    if (mark) {
      fence = mark[1];
      before = '';
      continue;
    }
    const heading = /^ {0,3}#(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/.exec(line)?.[1];
    const text = /^ {0,3}=+[ \t]*$/.test(line) ? before : heading;
    if (text !== undefined && text.trim() !== '') return withoutMarkup(text);
    before = /^(?: {4}|\t|\s*$)/.test(line) ? '' : line;
  }
  return undefined;
}

/** The text of links, images, code and emphasis. */
function withoutMarkup(text: string): string | undefined {
  const plain = text
    .replaceAll(/!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, '$1')
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll(/(`+)(.+?)\1/g, '$2')
    .replaceAll(/(\*\*|__)(.+?)\1/g, '$2')
    .replaceAll(
      /(?<![\w*])\*([^*]+)\*(?!\w)|(?<!\w)_([^_]+)_(?!\w)/g,
      (_, star?: string, line?: string) => star ?? line ?? '',
    );
  return singleSpaces(plain) || undefined;
}
