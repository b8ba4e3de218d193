import { readBlocks } from './schema-blocks.ts';

const SCALARS = new Set(['String', 'Int', 'BigInt', 'Float', 'Decimal', 'Boolean', 'DateTime', 'Json', 'Bytes']);
const FIELD = /^\s*(\w+)\s+(\w+)(\(".*"\))?[?[\]]*(.*)$/;
const MAPPED = /@map\(\s*(?:name\s*:\s*)?"([^"]+)"/;

/**
 * The columns of each table that a fragment declares, read from its text alone: Prisma itself would want the fragments
 * that it refers to.
 */
export function declaredColumns(models: string): ReadonlyMap<string, readonly string[]> {
  const lines = models.split('\n');
  const blocks = readBlocks(models);
  const enums = new Set(blocks.filter(({ kind }) => kind === 'enum').map(({ name }) => name));
  const tables = blocks
    .filter(({ kind }) => kind === 'model')
    .map(({ name, start, end }) => {
      const body = lines.slice(start + 1, end);
      const table = body.map((line) => /^\s*@@map\(\s*(?:name\s*:\s*)?"([^"]+)"/.exec(line)?.[1]).find(Boolean) ?? name;
      const columns = body.flatMap((line) => {
        const [, field, type = '', , attributes = ''] = FIELD.exec(line) ?? [];
        // A field of another model's type is a relation, which has no column of its own.
        if (field === undefined || !(SCALARS.has(type) || enums.has(type) || type === 'Unsupported')) return [];
        return [MAPPED.exec(attributes)?.[1] ?? field];
      });
      return [table, columns] as const;
    });
  return new Map(tables);
}
