import type { Element, ElementContent, Nodes, Root } from 'hast';
import { collapse } from './collapse.ts';

export interface PrepareTreeOptions {
  /** What relative addresses start from. */
  readonly baseUrl: string;
}

/** Marks that documentation generators put after headings, as links to them. */
const PERMALINK = /^[\s¶#§🔗\u{200b}]*$/u;

/**
 * Makes the content ready to be written as Markdown: addresses absolute, code with its language, and without what has
 * no meaning outside the page. Changes the tree.
 */
export function prepareTree(tree: Root, { baseUrl }: PrepareTreeOptions): void {
  const resolve = (address: unknown): string | undefined => {
    if (typeof address !== 'string' || address.trim() === '') return undefined;
    try {
      return new URL(address.trim(), baseUrl).href;
    } catch {
      return undefined;
    }
  };
  const prepare = (parent: Root | Element): void => {
    parent.children = (parent.children as ElementContent[]).flatMap((child): ElementContent[] => {
      if (child.type !== 'element') return [child];
      if (child.tagName === 'pre') return [codeBlock(child)];
      if (/^h[1-6]$/.test(child.tagName)) dropPermalinks(child);
      prepare(child);
      switch (child.tagName) {
        case 'a':
          return prepareLink(child, resolve);
        case 'img':
          return prepareImage(child, resolve);
        case 'iframe':
        case 'video':
        case 'audio':
        case 'source':
          child.properties.src = resolve(child.properties.src);
          return [child];
        default:
          return [child];
      }
    });
  };
  prepare(tree);
}

function prepareLink(link: Element, resolve: (address: unknown) => string | undefined): ElementContent[] {
  const href = resolve(link.properties.href);
  // A link that leads nowhere outside a browser is its text.
  if (href === undefined || /^(?:javascript|data|vbscript):/i.test(href)) return link.children;
  const isEmpty = textOf(link).trim() === '' && !hasElement(link, 'img');
  if (isEmpty) return [];
  link.properties.href = href;
  return [link];
}

function prepareImage(image: Element, resolve: (address: unknown) => string | undefined): ElementContent[] {
  const { src, dataSrc, dataOriginal, dataLazySrc } = image.properties;
  const lazy = dataSrc ?? dataOriginal ?? dataLazySrc;
  const isPlaceholder = typeof src !== 'string' || src.trim() === '' || src.startsWith('data:');
  const address = resolve(isPlaceholder ? lazy : src);
  // An inline picture would fill the text with its bytes.
  if (address === undefined || /^data:/i.test(address)) return [];
  image.properties.src = address;
  return [image];
}

function dropPermalinks(heading: Element): void {
  heading.children = heading.children.filter(
    (child) =>
      !(
        child.type === 'element' &&
        (child.tagName === 'a' || child.tagName === 'button') &&
        PERMALINK.test(textOf(child)) &&
        !hasElement(child, 'img')
      ),
  );
}

/** A code block without the elements of its highlighting, and with its language where the page names it. */
function codeBlock(pre: Element): Element {
  const text = textOf(pre, '\n').replace(/^\n/, '');
  const language = languageOf(pre);
  return {
    type: 'element',
    tagName: 'pre',
    properties: {},
    children: [
      {
        type: 'element',
        tagName: 'code',
        properties: language === undefined ? {} : { className: [`language-${language}`] },
        children: [{ type: 'text', value: text }],
      },
    ],
  };
}

const LANGUAGE_CLASS = /^(?:language|lang|highlight-source|brush:?|sourceCode)[-:]([\w+#.-]+)$/i;

/** `language-ts` (HTML's own example), `lang-ts` (Prettify), `highlight-source-ts` (GitHub), `data-lang`. */
function languageOf(element: Element): string | undefined {
  const { dataLang, dataLanguage, className } = element.properties;
  const named = [dataLang, dataLanguage].find((value) => typeof value === 'string' && /^[\w+#.-]+$/.test(value));
  if (typeof named === 'string') return named.toLowerCase();
  for (const name of Array.isArray(className) ? className : []) {
    const [, language] = LANGUAGE_CLASS.exec(String(name)) ?? [];
    if (language) return language.toLowerCase();
  }
  for (const child of element.children) {
    const language = child.type === 'element' && child.tagName === 'code' ? languageOf(child) : undefined;
    if (language) return language;
  }
  return undefined;
}

/** The text of a node as it is; `lineBreak` stands for `<br>` and ends the lines that are blocks of their own. */
function textOf(node: Nodes, lineBreak = ' '): string {
  if (node.type === 'text') return node.value;
  if (!('children' in node)) return '';
  if (node.type === 'element' && node.tagName === 'br') return lineBreak;
  const text = node.children.map((child) => textOf(child, lineBreak)).join('');
  const isLine = node.type === 'element' && (node.tagName === 'div' || node.tagName === 'p' || node.tagName === 'li');
  return isLine && !text.endsWith(lineBreak) ? text + lineBreak : text;
}

function hasElement(node: Element, tagName: string): boolean {
  return node.children.some(
    (child) => child.type === 'element' && (child.tagName === tagName || hasElement(child, tagName)),
  );
}

/** Whether the heading is shown already, so that it must not be shown twice; it is then made the page's own. */
export function promoteHeading(tree: Root, heading: string): boolean {
  const found = findHeading(tree, comparable(heading));
  if (found) found.tagName = 'h1';
  return found !== undefined;
}

function findHeading(parent: Root | Element, text: string): Element | undefined {
  for (const child of parent.children) {
    if (child.type !== 'element') continue;
    if (/^h[1-6]$/.test(child.tagName) && comparable(textOf(child)) === text) return child;
    const inner = findHeading(child, text);
    if (inner) return inner;
  }
  return undefined;
}

function comparable(text: string): string {
  return (collapse(text) ?? '').toLowerCase();
}
