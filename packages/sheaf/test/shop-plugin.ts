import { type AnyPlugin, type Display, definePlugin, defineTool, type ToolContext } from '@sheaf/core';
import { z } from 'zod';

export interface ShopPluginOptions {
  /** What `sheaf shop list` shows. */
  readonly display?: Display;
  /** What `sheaf shop stock` does. */
  readonly stock?: (context: ToolContext) => Promise<void> | void;
}

/** A plugin of an app, with commands that show and do what a test wants. */
export function shopPlugin({ display = { kind: 'text', text: '' }, stock }: ShopPluginOptions = {}): AnyPlugin {
  return definePlugin({
    id: 'shop',
    tools: {
      list: defineTool({
        summary: 'List the shelves',
        effect: 'read',
        needsData: false,
        input: z.object({ shelf: z.enum(['tea', 'coffee', 'cocoa']).optional().describe('Only this shelf') }),
        output: z.object({}),
        display: () => display,
        run: async () => ({}),
      }),
      stock: defineTool({
        summary: 'Fill the shelves',
        effect: 'write',
        input: z.object({}),
        output: z.object({}),
        display: () => ({ kind: 'text', text: 'Stocked.' }),
        async run(context: ToolContext) {
          await stock?.(context);
          return {};
        },
      }),
    },
  });
}
