import type { AnyTool } from '@sheaf/core';
import { z } from 'zod';
import { cliErrors } from './errors.ts';

/** One input field of a tool as the command line takes it. */
export interface ToolOption {
  readonly field: string;
  /** `--max-depth`; for a flag that defaults to true, `--no-…`. */
  readonly flag: string;
  readonly kind: 'flag' | 'text' | 'integer' | 'number' | 'list';
  /** For a flag that means something else when it is not given: `--no-…` says false. */
  readonly isNegatable: boolean;
  readonly description: string;
  readonly choices?: readonly string[];
  readonly isRequired: boolean;
  readonly isPositional: boolean;
}

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly items?: JsonSchema;
  readonly default?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/** The command line of a tool, from its declared input. */
export function toolOptions(tool: AnyTool): readonly ToolOption[] {
  const schema = z.toJSONSchema(tool.input, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const positionals = new Set<string>(tool.positionals ?? []);
  return Object.entries(schema.properties ?? {}).map(([field, property]) => {
    const kind = kindOf(property);
    const choices = property.enum ?? property.items?.enum;
    const isPositional = positionals.has(field);
    const prefix = kind === 'flag' && property.default === true ? '--no-' : '--';
    return {
      field,
      flag: `${prefix}${kebab(field)}`,
      kind,
      isNegatable: kind === 'flag' && property.default === undefined,
      description: describe(property, kind),
      ...(choices ? { choices: choices.map(String) } : {}),
      isRequired: (schema.required ?? []).includes(field),
      isPositional,
    };
  });
}

function kindOf({ type, anyOf }: JsonSchema): ToolOption['kind'] {
  switch (type ?? anyOf?.find((one) => one.type !== 'null')?.type) {
    case 'boolean':
      return 'flag';
    case 'integer':
      return 'integer';
    case 'number':
      return 'number';
    case 'array':
      return 'list';
    default:
      return 'text';
  }
}

function describe({ description = '', default: fallback }: JsonSchema, kind: ToolOption['kind']): string {
  const repeats = kind === 'list' ? ' (repeatable)' : '';
  const hasDefault =
    fallback !== undefined && typeof fallback !== 'boolean' && !/default/.test(description) && !isEmptyList(fallback);
  // One sentence is a label; several keep their full stops.
  const text = description.slice(0, -1).includes('. ') ? description : description.replace(/\.$/, '');
  const shown = hasDefault ? ` (default: ${Array.isArray(fallback) ? fallback.join(', ') : String(fallback)})` : '';
  return `${text}${repeats}${shown}`;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** Reads what was typed. The tool's own schema checks the values; here only numbers are made of text. */
export function readOption(option: ToolOption, typed: unknown): unknown {
  if (option.kind !== 'integer' && option.kind !== 'number') return typed;
  const value = Number(typed);
  if (typeof typed === 'string' && (typed.trim() === '' || Number.isNaN(value))) {
    throw cliErrors.create('usage', { reason: `${option.flag} takes a number, not "${typed}".` });
  }
  return value;
}

/** `<url>`, `[run]`, `[url...]`. */
export function argumentName({ field, kind, isRequired }: ToolOption): string {
  const name = kind === 'list' ? `${kebab(field)}...` : kebab(field);
  return isRequired ? `<${name}>` : `[${name}]`;
}

export function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
