/** What the structured data of a page says of the document itself. */
export interface JsonLdFacts {
  readonly title?: string;
  readonly authors?: readonly string[];
  readonly published?: string;
  readonly modified?: string;
  readonly description?: string;
  readonly language?: string;
  readonly siteName?: string;
}

type Node = Readonly<Record<string, unknown>>;

/** Types whose node is about the page's own content. The first that a page has is taken. */
const CONTENT_TYPE =
  /(?:Article|Posting|Report|HowTo|Recipe|FAQPage|QAPage|Book|Course|Product|Event|VideoObject|Review)$/;
const PAGE_TYPE = /(?:WebPage|ItemPage|AboutPage|CollectionPage|ProfilePage|ContactPage)$/;

const MAX_NODES = 2_000;

/** Reads schema.org JSON-LD. A script that is no JSON, or says nothing of the page, gives nothing. */
export function readJsonLd(scripts: readonly string[]): JsonLdFacts {
  const nodes = scripts.flatMap(parse).flatMap(flatten).slice(0, MAX_NODES);
  const byId = new Map(
    nodes.flatMap((node) => (typeof node['@id'] === 'string' ? [[node['@id'], node] as const] : [])),
  );
  const resolve = (value: unknown): unknown => {
    const id = isNode(value) && Object.keys(value).length === 1 ? value['@id'] : undefined;
    return typeof id === 'string' ? (byId.get(id) ?? value) : value;
  };
  const content = nodes.find((node) => hasType(node, CONTENT_TYPE));
  const page = nodes.find((node) => hasType(node, PAGE_TYPE));
  const site = nodes.find((node) => hasType(node, /^WebSite$/));
  const about = [content, page].filter((node) => node !== undefined);
  const first = <Value>(read: (node: Node) => Value | undefined): Value | undefined => {
    for (const node of about) {
      const value = read(node);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const facts = {
    title: first((node) => text(node.headline) ?? text(node.name)),
    authors: first((node) => names(node.author, resolve) ?? names(node.creator, resolve)),
    published: first((node) => text(node.datePublished)),
    modified: first((node) => text(node.dateModified)),
    description: first((node) => text(node.description)),
    language: first((node) => text(node.inLanguage)),
    siteName: text(site?.name) ?? first((node) => names(node.publisher, resolve)?.[0]),
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

function parse(script: string): unknown[] {
  try {
    // Some generators wrap the script in CDATA or an HTML comment.
    const json = script
      .replace(/^\s*(?:\/\/\s*)?(?:<!\[CDATA\[|<!--)/, '')
      .replace(/(?:\/\/\s*)?(?:\]\]>|-->)\s*$/, '');
    return [JSON.parse(json)];
  } catch {
    return [];
  }
}

/** The nodes at the top: of a list, of a `@graph`, and the page's main entity. */
function flatten(value: unknown): Node[] {
  if (Array.isArray(value)) return value.slice(0, MAX_NODES).flatMap(flatten);
  if (!isNode(value)) return [];
  const inner = Array.isArray(value['@graph']) ? value['@graph'].slice(0, MAX_NODES).filter(isNode) : [];
  return [value, ...inner, ...[value, ...inner].map((node) => node.mainEntity).filter(isNode)];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasType(node: Node, pattern: RegExp): boolean {
  return [node['@type']].flat().some((type) => typeof type === 'string' && pattern.test(type));
}

function text(value: unknown): string | undefined {
  if (Array.isArray(value)) return text(value[0]);
  if (isNode(value)) return text(value['@value']);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function names(value: unknown, resolve: (value: unknown) => unknown): readonly string[] | undefined {
  const all = [value].flat().flatMap((one) => {
    const entity = resolve(one);
    return (isNode(entity) ? text(entity.name) : text(entity)) ?? [];
  });
  return all.length > 0 ? all : undefined;
}
