import { expect, test } from 'vitest';
import { diffSchemas } from '../src/index.ts';
import { expectAddedTable } from './support/diff-case.ts';

const inMemory = 'file::memory:';

test('the script from one schema to another makes what is new', () => expectAddedTable('sqlite', inMemory));

test('a schema that Prisma cannot read is refused with its words', async () => {
  const datasource = { path: 'datasource.prisma', content: 'datasource db {\n  provider = "sqlite"\n}\n' };
  const broken = { path: 'broken.prisma', content: 'model Book {\n  id Number @id\n}\n' };
  const diffing = diffSchemas({ url: inMemory, from: [datasource], to: [datasource, broken] });
  await expect(diffing).rejects.toThrow('Type "Number" is neither a built-in type');
});
