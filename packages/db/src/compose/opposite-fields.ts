import { type Diagnostic, lintSchema, readModels, type SchemaFile, type SchemaModel } from './prisma-schema.ts';
import { addToBlocks } from './schema-blocks.ts';

/** A relation field whose opposite nobody declared. */
interface OpenRelation {
  /** The file that declares it. */
  readonly file: string;
  readonly model: string;
  readonly field: string;
  /** The model that lacks the opposite field. */
  readonly target: string;
  /** The relation's own name, where it has one. */
  readonly name: string | undefined;
}

export interface OppositeFields {
  readonly files: readonly SchemaFile[];
  readonly problems: readonly { readonly file: string; readonly text: string }[];
}

const MISSING =
  /^Error validating field `(\w+)` in model `(\w+)`: The relation field .* opposite relation field on the model `(\w+)`/;

export function isMissingOpposite(diagnostic: Diagnostic): boolean {
  return MISSING.test(diagnostic.text);
}

/**
 * Gives each relation its opposite field, which Prisma wants on the other model and which adds no column. The name
 * follows from the relation alone, so that nothing else in the schema can change it: `mapResults` for a relation of
 * `MapResult`, and `stepNeedsByNeeded` where the relation has a name (several between the same models must have one).
 */
export function addOppositeFields(files: readonly SchemaFile[], diagnostics: readonly Diagnostic[]): OppositeFields {
  const open: OpenRelation[] = [];
  const problems: { file: string; text: string }[] = [];
  for (const { file, text, source } of diagnostics) {
    const [, field, model, target] = MISSING.exec(text) ?? [];
    if (field === undefined || model === undefined || target === undefined) continue;
    if (/\bfields\s*:/.test(source)) {
      open.push({ file, model, field, target, name: relationName(source) });
    } else {
      problems.push({
        file,
        text: `the relation ${model}.${field} has no foreign key: declare its columns with @relation(fields: …, references: …) on the model that holds them`,
      });
    }
  }
  if (problems.length > 0) return { files, problems };
  // With stand-ins Prisma reads the whole schema, which then tells the names that are taken and what is unique.
  const standIn = (index: number): string => `sheafOpposite${index}`;
  const drafted = inject(
    files,
    open.map((relation, index) => ({
      relation,
      line: fieldLine(standIn(index), `${relation.model}[]`, relation.name),
    })),
  );
  const remaining = lintSchema(drafted, 'sqlite');
  if (remaining.length > 0) {
    return { files, problems: remaining.map(({ file, text }) => ({ file, text })) };
  }
  const models = new Map(readModels(drafted, 'sqlite').models.map((model) => [model.name, model]));
  const taken = new Map(
    [...models].map(([name, { fields }]) => [name, new Set(fields.map((field) => field.name))] as const),
  );
  const fields = open.map((relation) => {
    const isToOne = isUniqueKey(models.get(relation.model) as SchemaModel, relation.field);
    const plain = isToOne ? lowerFirst(relation.model) : plural(lowerFirst(relation.model));
    const isSelf = relation.model === relation.target;
    const name = isSelf || relation.name !== undefined ? `${plain}By${upperFirst(relation.field)}` : plain;
    const names = taken.get(relation.target) as Set<string>;
    if (names.has(name)) {
      problems.push({
        file: relation.file,
        text: `the relation ${relation.model}.${relation.field} needs the opposite field ${relation.target}.${name}, but that name is taken: give the relation a name, or declare its opposite field`,
      });
    }
    names.add(name);
    return { relation, line: fieldLine(name, relation.model + (isToOne ? '?' : '[]'), relation.name) };
  });
  return { files: inject(files, fields), problems };
}

function inject(
  files: readonly SchemaFile[],
  fields: readonly { readonly relation: OpenRelation; readonly line: string }[],
): SchemaFile[] {
  const additions = new Map<string, string[]>();
  for (const { relation, line } of fields) {
    const lines = additions.get(relation.target) ?? ['  // The opposite fields of relations of other models.'];
    additions.set(relation.target, [...lines, line]);
  }
  return files.map(({ name, text }) => ({ name, text: addToBlocks(text, additions) }));
}

function fieldLine(name: string, type: string, relation: string | undefined): string {
  return `  ${name} ${type}${relation === undefined ? '' : ` @relation(${JSON.stringify(relation)})`}`;
}

function relationName(source: string): string | undefined {
  return /@relation\(\s*(?:name\s*:\s*)?"([^"]*)"/.exec(source)?.[1] ?? /\bname\s*:\s*"([^"]*)"/.exec(source)?.[1];
}

/** Whether at most one row can hold a foreign key: its columns are the primary key or a unique one. */
function isUniqueKey(model: SchemaModel, fieldName: string): boolean {
  const columns = model.fields.find(({ name }) => name === fieldName)?.relationFromFields ?? [];
  const keys = [
    ...(model.primaryKey ? [model.primaryKey.fields] : []),
    ...model.uniqueFields,
    ...model.fields.filter((field) => field.isId || field.isUnique).map(({ name }) => [name]),
  ];
  return keys.some((key) => key.length === columns.length && key.every((column) => columns.includes(column)));
}

function plural(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}

const lowerFirst = (word: string): string => word.charAt(0).toLowerCase() + word.slice(1);
const upperFirst = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
