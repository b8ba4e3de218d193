import type { Root as HtmlRoot } from 'hast';
import type { List, Root as MarkdownRoot, RootContent } from 'mdast';
import rehypeParse from 'rehype-parse';
import rehypeRemark from 'rehype-remark';
import remarkGfm from 'remark-gfm';
import remarkStringify from 'remark-stringify';
import { unified } from 'unified';
import { prepareTree, promoteHeading } from './prepare-tree.ts';

const htmlParser = unified().use(rehypeParse, { fragment: true }).freeze();
const toMarkdownTree = unified().use(rehypeRemark).freeze();
const writer = unified()
  // Padding every cell to the widest of its column makes a table with one long cell enormous.
  .use(remarkGfm, { tablePipeAlign: false })
  .use(remarkStringify, { bullet: '-', rule: '-', fences: true, listItemIndent: 'one' })
  .freeze();

export interface HtmlToMarkdownOptions {
  /** What relative addresses start from. */
  readonly baseUrl: string;
  /** The heading of the page, put first unless the content shows it. */
  readonly heading?: string | null;
}

/**
 * Writes HTML as GitHub Flavored Markdown: headings, nested lists, tables, code blocks with their language, images and
 * links (absolute).
 */
export function htmlToMarkdown(html: string, { baseUrl, heading = null }: HtmlToMarkdownOptions): string {
  const tree: HtmlRoot = htmlParser.parse(html);
  prepareTree(tree, { baseUrl });
  if (heading !== null && !promoteHeading(tree, heading)) {
    tree.children.unshift({
      type: 'element',
      tagName: 'h1',
      properties: {},
      children: [{ type: 'text', value: heading }],
    });
  }
  const markdown = toMarkdownTree.runSync(tree) as unknown as MarkdownRoot;
  markdown.children.forEach(tightenLists);
  return write(markdown);
}

/** Items that are one line each, with their inner lists, need no blank lines between them. */
function tightenLists(node: RootContent): void {
  if ('children' in node) node.children.forEach(tightenLists);
  if (node.type === 'list' && isPlain(node)) {
    node.spread = false;
    for (const item of node.children) item.spread = false;
  }
}

function isPlain(list: List): boolean {
  return list.children.every(({ children }) =>
    children.every((child, index) => child.type === 'list' || (child.type === 'paragraph' && index === 0)),
  );
}

/** Writes plain paragraphs so that nothing in them reads as Markdown. */
export function paragraphsToMarkdown(paragraphs: readonly string[]): string {
  return write({
    type: 'root',
    children: paragraphs.map((value) => ({ type: 'paragraph', children: [{ type: 'text', value }] })),
  });
}

/** Puts text into a code block that nothing inside it can end. */
export function fencedBlock(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\n$/, '')}\n${fence}\n`;
}

function write(tree: MarkdownRoot): string {
  const text = writer.stringify(tree);
  return text.trim() === '' ? '' : text;
}
