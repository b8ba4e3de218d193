import { definePlugin, defineTool, type PluginRef, pluginRef, type ToolContext, type ToolMethod } from '@sheaf/core';
import { expectTypeOf, it } from 'vitest';
import { z } from 'zod';

interface BookRepositories {
  readonly books: { titles(): Promise<string[]> };
}
const shelfRef: PluginRef<'shelf', { readonly shelves: { count(): Promise<number> } }, { readonly city: string }> =
  pluginRef('shelf');

const listBooks = defineTool({
  summary: 'List the books',
  effect: 'read',
  input: z.object({ limit: z.int().default(10), author: z.string() }),
  output: z.object({ titles: z.array(z.string()) }),
  run: async (
    { repositories, needs }: ToolContext<BookRepositories, { shelf: { readonly city: string } }>,
    { limit, author },
  ) => {
    expectTypeOf(limit).toEqualTypeOf<number>();
    expectTypeOf(author).toEqualTypeOf<string>();
    return { titles: [...(await repositories.books.titles()), needs.shelf.city] };
  },
});

it('infers a tool’s method from its schemas: defaults may be left out, the rest not', () => {
  const method: ToolMethod<typeof listBooks> = async () => ({ titles: [] });
  expectTypeOf(method({ author: 'Eco' })).toEqualTypeOf<Promise<{ titles: string[] }>>();
  // @ts-expect-error: the author is required.
  void method({ limit: 1 });
  // @ts-expect-error: a limit is a number.
  void method({ author: 'Eco', limit: 'ten' });
});

it('gives setup the services of its needs, and repositories only to tools', () => {
  definePlugin({
    id: 'books',
    needs: { shelf: shelfRef },
    repositories: (): BookRepositories => ({ books: { titles: async () => [] } }),
    tools: { list: listBooks },
    setup: ({ needs }) => {
      expectTypeOf(needs.shelf.city).toEqualTypeOf<string>();
      // @ts-expect-error: no workspace is chosen yet.
      void needs.shelf.shelves;
      return {};
    },
  });
});

it('refuses a tool that asks for what its plugin does not have', () => {
  definePlugin({
    id: 'books',
    repositories: (): BookRepositories => ({ books: { titles: async () => [] } }),
    // @ts-expect-error: the plugin does not declare the need "shelf".
    tools: { list: listBooks },
  });
});

it('refuses output that the tool did not declare', () => {
  defineTool({
    summary: 'List',
    effect: 'read',
    input: z.object({}),
    output: z.object({ titles: z.array(z.string()) }),
    // @ts-expect-error: titles are text.
    run: async () => ({ titles: [1] }),
  });
});
