import { definePlugin, defineTool, type Plugin, type PluginRef, pluginRef } from '@sheaf/core';
import type { DataScope } from '@sheaf/db';
import { createSheaf, defineConfig } from 'sheaf';
import { expectTypeOf, it } from 'vitest';
import { z } from 'zod';

// The bodies of these tests are checked by the compiler alone, against the source and against the built declarations.
declare const never: () => boolean;

interface Books {
  readonly books: { titles(limit: number): Promise<readonly string[]> };
}

const countBooks = defineTool({
  summary: 'Count the books',
  effect: 'read',
  input: z.object({ shelf: z.string(), isOpen: z.boolean().default(true) }),
  output: z.object({ count: z.int() }),
  run: async () => ({ count: 0 }),
});

function booksPlugin(): Plugin<
  'books',
  DataScope,
  Record<never, never>,
  Books,
  { readonly count: typeof countBooks },
  Record<never, never>
> {
  return definePlugin({
    id: 'books',
    repositories: (): Books => ({ books: { titles: async () => [] } }),
    tools: { count: countBooks },
  });
}

/** States a delegate that the generated client has. */
interface DocumentPort {
  readonly document: { count(): Promise<number> };
}
/** States one that it does not have. */
interface ShelfPort {
  readonly shelf: { count(): Promise<number> };
}

/** The client of an app whose schema has a model of its own. */
declare class AppClient {
  constructor(options: object);
  readonly shelf: { count(): Promise<number> };
  $transaction<T>(work: (client: AppClient) => Promise<T>): Promise<T>;
  $disconnect(): Promise<void>;
}

function shelvesPlugin(): Plugin<
  'shelves',
  DataScope<ShelfPort>,
  Record<never, never>,
  ShelfPort,
  Record<never, never>,
  Record<never, never>
> {
  return definePlugin({
    id: 'shelves',
    repositories: ({ client }: DataScope<ShelfPort>): ShelfPort => ({ shelf: { count: () => client.shelf.count() } }),
  });
}

it('infers tools and repositories of a workspace from the plugins', () => {
  async () => {
    const sheaf = await createSheaf({ plugins: [booksPlugin()] });
    const workspace = sheaf.workspace('default');
    expectTypeOf(await workspace.books.count({ shelf: 'a' })).toEqualTypeOf<{ count: number }>();
    expectTypeOf(await workspace.books.books.titles(3)).toEqualTypeOf<readonly string[]>();
    expectTypeOf((await workspace.data.documents.page()).items[0]?.title).toEqualTypeOf<string | null | undefined>();
    expectTypeOf((await workspace.corpus.status({})).documents.total).toEqualTypeOf<number>();
    // @ts-expect-error: there is no such plugin.
    void workspace.films;
    // @ts-expect-error: there is no such tool.
    void workspace.books.burn;
    // @ts-expect-error: the shelf is required.
    void workspace.books.count({});
    // @ts-expect-error: no such method.
    void workspace.map.run({ method: 'guess', source: 'https://example.com' });
  };
});

it('accepts a plugin that states delegates of the client', () => {
  async () => {
    const plugin = definePlugin({
      id: 'counting',
      repositories: ({ client }: DataScope<DocumentPort>) => ({ documents: { count: () => client.document.count() } }),
    });
    const sheaf = await createSheaf({ plugins: [plugin] });
    expectTypeOf(await sheaf.workspace('default').counting.documents.count()).toEqualTypeOf<number>();
  };
});

it('refuses a plugin whose delegates the client lacks, with a sentence', () => {
  async () => {
    // @ts-expect-error: The plugin "shelves" states delegates that the Prisma client does not have
    await createSheaf({ plugins: [shelvesPlugin()] });
    // @ts-expect-error: The plugin "shelves" states delegates that the Prisma client does not have
    defineConfig({ plugins: [shelvesPlugin()] });
  };
});

it('accepts it with the clients of the app, if each of them has the delegates', () => {
  async () => {
    await createSheaf({ plugins: [shelvesPlugin()], clients: { sqlite: AppClient } });
    defineConfig({ plugins: [shelvesPlugin()], clients: { sqlite: AppClient, postgresql: AppClient } });
    abstract class Other {
      abstract $transaction<T>(work: (client: unknown) => Promise<T>): Promise<T>;
      abstract $disconnect(): Promise<void>;
    }
    const other = Other as unknown as new (options: object) => Other;
    // @ts-expect-error: The plugin "shelves" states delegates that the Prisma client does not have
    defineConfig({ plugins: [shelvesPlugin()], clients: { sqlite: AppClient, postgresql: other } });
    // @ts-expect-error: it is no class of a client.
    defineConfig({ clients: { sqlite: 'AppClient' } });
    // @ts-expect-error: there is no such database.
    defineConfig({ clients: { mysql: AppClient } });
  };
});

it('leaves out what is turned off', () => {
  async () => {
    const sheaf = await createSheaf({ plugins: [booksPlugin()], off: ['ingest', 'books'] });
    const workspace = sheaf.workspace('default');
    expectTypeOf(await workspace.map.run({ source: 'https://example.com' })).toHaveProperty('discovered');
    // @ts-expect-error: it is turned off.
    void workspace.ingest;
    // @ts-expect-error: it is turned off.
    void workspace.books;
    // @ts-expect-error: there is no such plugin.
    await createSheaf({ off: ['fetsh'] });
  };
});

it('refuses a plugin whose need is not in the list, with a sentence', () => {
  async () => {
    const missingRef: PluginRef<'missing', object, object> = pluginRef('missing');
    const plugin = definePlugin({ id: 'needy', needs: { missing: missingRef } });
    // @ts-expect-error: The plugin "needy" needs "missing", which is not in the list of plugins
    await createSheaf({ plugins: [plugin] });
    const present = definePlugin({ id: 'missing' });
    await createSheaf({ plugins: [present, plugin] });
  };
});
