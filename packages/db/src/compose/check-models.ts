import type { SchemaIndex, SchemaModel, SchemaModels } from './prisma-schema.ts';

/** What a model belongs to: one workspace, or the deployment as a whole. */
export type ModelScope = 'workspace' | 'deployment';

const TENANT_MODEL = 'Workspace';
const TENANT_FIELD = 'workspaceId';
const TENANT_COLUMN = 'workspace_id';

export function tableOf(model: SchemaModel): string {
  return model.dbName ?? model.name;
}

/** From the documentation of a model: `/// @scope workspace`. */
export function scopeOf(model: SchemaModel): ModelScope | undefined {
  const [, scope] = /^@scope\s+(workspace|deployment)\s*$/m.exec(model.documentation ?? '') ?? [];
  return scope as ModelScope | undefined;
}

/** What is wrong with a schema that Prisma accepts, by model. */
export function checkModels(schema: SchemaModels): { readonly model: string; readonly text: string }[] {
  const scopes = new Map(schema.models.map((model) => [model.name, scopeOf(model)]));
  return schema.models.flatMap((model) =>
    [...checkTenancy(model, schema.indexes, scopes), ...checkRelations(model, schema.models, scopes)].map((text) => ({
      model: model.name,
      text,
    })),
  );
}

function checkTenancy(
  model: SchemaModel,
  indexes: readonly SchemaIndex[],
  scopes: ReadonlyMap<string, ModelScope | undefined>,
): string[] {
  const problems = checkScope(model, indexes);
  return problems.length > 0 ? problems : checkOwner(model, scopes);
}

function checkScope(model: SchemaModel, indexes: readonly SchemaIndex[]): string[] {
  const scope = scopeOf(model);
  if (scope === undefined) {
    return [`${model.name} must say whose rows it holds: /// @scope workspace, or /// @scope deployment`];
  }
  if (scope === 'deployment') return [];
  const tenant = model.fields.find((field) => field.name === TENANT_FIELD);
  if (tenant === undefined) return [`${model.name} belongs to a workspace but has no field ${TENANT_FIELD}`];
  const problems: string[] = [];
  if (tenant.type !== 'Int' || tenant.dbName !== TENANT_COLUMN) {
    problems.push(`${model.name}.${TENANT_FIELD} must be an Int mapped to the column ${TENANT_COLUMN}`);
  }
  for (const { model: owner, type, fields } of indexes) {
    if (owner !== model.name || (type !== 'id' && type !== 'unique')) continue;
    const names = fields.map(({ name }) => name);
    if (names.includes(TENANT_FIELD)) continue;
    const attribute = type === 'id' ? 'id' : 'unique key';
    problems.push(`the ${attribute} (${names.join(', ')}) of ${model.name} must contain ${TENANT_FIELD}`);
  }
  return problems;
}

/** Deleting a workspace follows the foreign keys: rows that none leads to would be left behind. */
function checkOwner(model: SchemaModel, scopes: ReadonlyMap<string, ModelScope | undefined>): string[] {
  if (scopeOf(model) !== 'workspace') return [];
  const hasOwner = model.fields.some(
    ({ type, relationFromFields = [] }) =>
      relationFromFields.includes(TENANT_FIELD) &&
      type !== model.name &&
      (type === TENANT_MODEL || scopes.get(type) === 'workspace'),
  );
  return hasOwner
    ? []
    : [`${model.name} belongs to a workspace but has no foreign key to ${TENANT_MODEL}, or to a model that has one`];
}

function checkRelations(
  model: SchemaModel,
  models: readonly SchemaModel[],
  scopes: ReadonlyMap<string, ModelScope | undefined>,
): string[] {
  return model.fields.flatMap((field) => {
    if (field.relationName === undefined) return [];
    const from = field.relationFromFields ?? [];
    if (from.length > 0) {
      if (scopes.get(field.type) !== 'workspace') return [];
      const carriesTenant = from.some(
        (name, index) => name === TENANT_FIELD && field.relationToFields?.[index] === TENANT_FIELD,
      );
      return carriesTenant ? [] : [`the foreign key of ${model.name}.${field.name} must contain ${TENANT_FIELD}`];
    }
    const opposite = models
      .find(({ name }) => name === field.type)
      ?.fields.find((other) => other.relationName === field.relationName && other !== field);
    if ((opposite?.relationFromFields ?? []).length > 0) return [];
    // A relation of lists on both sides is reported once, from the side that comes first by name.
    if (`${model.name}.${field.name}` > `${field.type}.${opposite?.name}`) return [];
    return [
      `the relation ${model.name}.${field.name} has no foreign key; declare the model that joins ${model.name} and ${field.type}`,
    ];
  });
}
