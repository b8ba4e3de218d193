import { contentHash } from '@sheaf/core';
import { type DataRepositories, type DocumentQuery, type DocumentView, toDatabaseTime } from '@sheaf/db';
import { seededDocument } from '@sheaf/testkit';
import type { HandWritten } from './by-hand.ts';
import { essenceOfRow, essenceOfView, pageByHand } from './page-by-hand.ts';

/** One question to a workspace of many documents, as Sheaf answers it and as a statement written for it does. */
export interface ListCase {
  readonly name: string;
  /** At the most, Sheaf's time divided by the statement's. */
  readonly atMost: number;
  readonly sheaf: (repositories: DataRepositories) => Promise<unknown>;
  readonly byHand: HandWritten;
  /** What has to be equal of the two answers. */
  readonly essence: (answer: unknown) => unknown;
  readonly handEssence: (rows: readonly Readonly<Record<string, unknown>>[]) => unknown;
}

const PAGE = 100;
const SLOWER = 3;
const SLOWER_COUNTS = 1.5;

export interface CasesOptions {
  readonly workspaceId: number;
  readonly count: number;
  readonly repositories: DataRepositories;
}

export async function listCases(options: CasesOptions): Promise<readonly ListCase[]> {
  const { count } = options;
  const domain = 'docs-3.example.com';
  const from = seededDocument(Math.floor(count * 0.9)).lastSeenAt;
  const section = `https://${domain}/section-${Math.floor(count / 4_000)}/`;
  const beyond = `${section.slice(0, -1)}0`;
  const stage = { stage: 'fetch', statuses: ['pending'] } as const;
  const byId = { after: 'd.id > ?', order: 'd.id', key: ({ id }: DocumentView) => [id] };
  const isPending = `EXISTS (SELECT 1 FROM document_stages s WHERE s.workspace_id = d.workspace_id
    AND s.document_id = d.id AND s.stage = 'fetch' AND s.variant = 'default' AND s.status = 'pending')`;
  const pages: readonly PageCase[] = [
    { name: 'all, in the order of discovery', query: {}, ...byId },
    { name: 'of a domain', query: { domain }, where: 'd.domain = ?', values: [domain], ...byId },
    {
      name: 'of a rare domain',
      query: { domain: 'rare.example.com' },
      where: 'd.domain = ?',
      values: ['rare.example.com'],
      ...byId,
    },
    { name: 'of a stage and status', query: { stage }, where: isPending, ...byId },
    {
      name: 'of a domain, stage and status',
      query: { domain, stage },
      where: `d.domain = ? AND ${isPending}`,
      values: [domain],
      ...byId,
    },
    {
      name: 'by URL, of a part of a site',
      query: { include: [`${section}*`], orderBy: 'uri' },
      where: 'd.uri_key >= ? AND d.uri_key < ?',
      values: [section, beyond],
      after: '(d.uri_key, d.id) > (?, ?)',
      order: 'd.uri_key, d.id',
      key: ({ uri, id }) => [uri.slice(0, 200), id],
    },
    {
      name: 'by domain',
      query: { orderBy: 'domain' },
      after: '(d.domain, d.id) > (?, ?)',
      order: 'd.domain, d.id',
      key: (last) => [last.domain, last.id],
    },
    {
      name: 'last seen since a time',
      query: { lastSeen: { from }, orderBy: 'lastSeen' },
      where: 'd.last_seen_at >= ?',
      values: [toDatabaseTime(from)],
      after: '(d.last_seen_at, d.id) > (?, ?)',
      order: 'd.last_seen_at, d.id',
      key: ({ lastSeenAt, id }) => [toDatabaseTime(lastSeenAt), id],
    },
    {
      name: 'changed last',
      query: { orderBy: 'changed', descending: true },
      where: 'd.changed_at IS NOT NULL',
      after: '(d.changed_at, d.id) < (?, ?)',
      order: 'd.changed_at DESC, d.id DESC',
      key: ({ changedAt, id }) => [changedAt && toDatabaseTime(changedAt), id],
    },
  ];
  const cases: ListCase[] = [];
  for (const page of pages) cases.push(await pageCase(page, options));
  return [...cases, ...(await lookups(options)), ...counts(options)];
}

interface PageCase {
  readonly name: string;
  readonly query: DocumentQuery;
  readonly where?: string;
  readonly values?: readonly unknown[];
  readonly after: string;
  readonly order: string;
  readonly key: (last: DocumentView) => readonly unknown[];
}

/** The second page: that with a cursor. */
async function pageCase(
  { name, query, where = '1 = 1', values = [], after, order, key }: PageCase,
  { workspaceId, repositories }: CasesOptions,
): Promise<ListCase> {
  const { items, next } = await repositories.documents.page({ ...query, limit: PAGE });
  const last = items.at(-1);
  if (last === undefined || next === undefined) throw new Error(`There is no second page ${name}.`);
  return {
    name: `page ${name}`,
    atMost: SLOWER,
    sheaf: ({ documents }) => documents.page({ ...query, limit: PAGE, after: next }),
    byHand: pageByHand({
      where: `d.workspace_id = ? AND ${where} AND ${after}`,
      order,
      values: [workspaceId, ...values, ...key(last)],
      limit: PAGE,
    }),
    essence: (answer) => (answer as { readonly items: readonly DocumentView[] }).items.map(essenceOfView),
    handEssence: (rows) => rows.map(essenceOfRow),
  };
}

async function lookups({ workspaceId, count, repositories }: CasesOptions): Promise<readonly ListCase[]> {
  const { uri } = seededDocument(Math.floor(count / 2));
  const found = await repositories.documents.find(uri);
  if (found === undefined) throw new Error(`The document ${uri} was not seeded.`);
  const lookup = (name: string, key: string, where: string, ...values: readonly unknown[]): ListCase => ({
    name: `lookup by ${name}`,
    atMost: SLOWER,
    sheaf: ({ documents }) => documents.find(key),
    byHand: pageByHand({
      where: `d.workspace_id = ? AND ${where}`,
      order: 'd.id',
      values: [workspaceId, ...values],
      limit: 1,
    }),
    essence: (answer) => [essenceOfView(answer as DocumentView)],
    handEssence: (rows) => rows.map(essenceOfRow),
  });
  return [
    lookup('id', found.id, 'd.id = ?', found.id),
    lookup(
      'URL',
      uri,
      'd.id = (SELECT u.document_id FROM document_uris u WHERE u.workspace_id = ? AND u.uri_hash = ?)',
      workspaceId,
      contentHash(uri),
    ),
  ];
}

function counts({ workspaceId }: CasesOptions): readonly ListCase[] {
  const numbers = (rows: readonly Readonly<Record<string, unknown>>[]): unknown =>
    rows.map((row) => ({ ...row, count: Number(row.count) }));
  return [
    {
      name: 'counts by stage and status',
      atMost: SLOWER_COUNTS,
      sheaf: ({ documents }) => documents.countsByStage(),
      byHand: {
        text: `SELECT stage, status, count(*) AS count FROM document_stages WHERE workspace_id = ?
          GROUP BY stage, status ORDER BY stage, status`,
        values: [workspaceId],
      },
      essence: (answer) => answer,
      handEssence: numbers,
    },
    {
      name: 'counts by domain',
      atMost: SLOWER_COUNTS,
      sheaf: ({ documents }) => documents.countsByDomain(),
      byHand: {
        text: `SELECT domain, count(*) AS count FROM documents WHERE workspace_id = ?
          GROUP BY domain ORDER BY count(*) DESC, domain LIMIT 100`,
        values: [workspaceId],
      },
      essence: (answer) => answer,
      handEssence: numbers,
    },
  ];
}
