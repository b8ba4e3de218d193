import { expect } from 'vitest';
import { diffSchemas } from '../../src/index.ts';

const shelf = 'model Shelf {\n  id Int @id\n}\n';
const books =
  'model Book {\n  id Int @id\n  shelfId Int\n  shelf Shelf @relation(fields: [shelfId], references: [id])\n}\n';

/** A model that is added makes its table and its foreign key, and touches nothing else. */
export async function expectAddedTable(provider: 'sqlite' | 'postgresql', url: string): Promise<void> {
  const datasource = { path: 'datasource.prisma', content: `datasource db {\n  provider = "${provider}"\n}\n` };
  const from = [datasource, { path: 'shelf.prisma', content: shelf }];
  const shelfWithBooks = { path: 'shelf.prisma', content: shelf.replace('@id\n', '@id\n  books Book[]\n') };
  const script = await diffSchemas({
    url,
    from,
    to: [datasource, shelfWithBooks, { path: 'book.prisma', content: books }],
  });
  expect(script).toContain('CREATE TABLE "Book"');
  expect(script).toContain('REFERENCES "Shelf"');
  expect(script).not.toContain('CREATE TABLE "Shelf"');
  expect((await diffSchemas({ url, from, to: from })).trim()).toBe('-- This is an empty migration.');
}
