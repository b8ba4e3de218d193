import { dbErrors } from '../errors.ts';
import type { Provider } from './dialect.ts';
import { type BoundArray, isList, type Sql, type SqlValue, textOf } from './statement.ts';
import { type ListPlace, type StatementShape, shapeOf } from './statement-shape.ts';

/** A statement as a driver takes it. */
export interface CompiledSql {
  readonly text: string;
  readonly values: unknown[];
  /** See `StatementShape`. */
  readonly isQuestion: boolean;
}

/** How a value goes to one of the databases. */
export interface BoundForm {
  /** Values of one form are written alike. */
  readonly form: string;
  readonly argument: unknown;
}

/** What differs between the databases. */
export interface CompileTarget {
  readonly provider: Provider;
  /** @throws `db.invalid-value`. */
  bind(value: SqlValue | BoundArray, statement: Sql, index: number): BoundForm;
  /** The text of a value; `number` counts from 1. */
  placeholder(form: string, number: number): string;
  /** The text of a list and of what stands before it; its closing parenthesis follows. */
  list(form: string, number: number, before: string, place: ListPlace): string;
}

/** What is known of a statement's text, and its texts by the forms of its values. */
interface KnownStatement {
  readonly shape: StatementShape;
  readonly strings: number;
  readonly texts: Map<string, string>;
}

const MOST_KNOWN = 1_000;
const MOST_FORMS = 16;
/** Longer texts carry their data with them and do not come again. */
const LONGEST_KNOWN = 20_000;

/**
 * Makes the function that turns statements into text and arguments of one database. A text is read once: what is known
 * of it is kept by its array of strings, and by itself for those that are put together anew each time.
 */
export function createCompiler(target: CompileTarget): (statement: Sql) => CompiledSql {
  const byStrings = new WeakMap<readonly string[], KnownStatement>();
  const byText = new Map<string, KnownStatement>();

  function known(strings: readonly string[]): KnownStatement {
    const same = byStrings.get(strings);
    if (same) return same;
    // No text holds a NUL character, or its number of strings would not be that of the one that is known.
    const key = strings.length === 1 ? (strings[0] as string) : strings.join('\0');
    let found = byText.get(key);
    if (found === undefined || found.strings !== strings.length) {
      found = { shape: shapeOf(strings, target.provider), strings: strings.length, texts: new Map() };
      if (key.length <= LONGEST_KNOWN) {
        if (byText.size >= MOST_KNOWN) byText.delete(byText.keys().next().value as string);
        byText.set(key, found);
      }
    }
    // Only a template's strings come again as the same array.
    if (Object.isFrozen(strings)) byStrings.set(strings, found);
    return found;
  }

  return (statement) => {
    const { shape, texts } = known(statement.strings);
    const { values } = statement;
    const forms: string[] = [];
    const bound: unknown[] = [];
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index] as SqlValue;
      if (isList(value) && shape.lists[index] === undefined) {
        throw dbErrors.create('misplaced-list', { value: nameOf(statement, index), sql: textOf(statement) });
      }
      const { form, argument } = target.bind(value, statement, index);
      forms.push(form);
      bound.push(argument);
    }
    const key = forms.join();
    let text = texts.get(key);
    if (text === undefined) {
      text = write(target, statement, shape, forms);
      if (texts.size >= MOST_FORMS) texts.clear();
      texts.set(key, text);
    }
    return { text, values: bound, isQuestion: shape.isQuestion };
  };
}

function write(target: CompileTarget, statement: Sql, shape: StatementShape, forms: readonly string[]): string {
  let text = '';
  forms.forEach((form, index) => {
    const before = statement.strings[index] as string;
    const place = shape.lists[index];
    text +=
      place !== undefined && isList(statement.values[index])
        ? target.list(form, index + 1, before, place)
        : before + target.placeholder(form, index + 1);
  });
  return text + statement.strings[forms.length];
}

function nameOf({ names }: Sql, index: number): string {
  return names?.[index] === undefined ? `value ${index + 1}` : `:${names[index]}`;
}
