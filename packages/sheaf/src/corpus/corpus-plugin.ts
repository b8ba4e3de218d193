import { definePlugin, type Plugin } from '@sheaf/core';
import { type DataScope, dataRef } from '@sheaf/db';
import { docsTool } from './docs-tool.ts';
import { runsTool } from './runs-tool.ts';
import { showTool } from './show-tool.ts';
import { statusTool } from './status-tool.ts';

export type CorpusNeeds = {
  readonly data: typeof dataRef;
};

export type CorpusTools = {
  readonly status: typeof statusTool;
  readonly docs: typeof docsTool;
  readonly show: typeof showTool;
  readonly runs: typeof runsTool;
};

export type CorpusPlugin = Plugin<
  'corpus',
  DataScope,
  CorpusNeeds,
  Record<never, never>,
  CorpusTools,
  Record<never, never>
>;

/** Reads what the other plugins wrote: status, lists of documents, one document in full, runs. */
export function corpusPlugin(): CorpusPlugin {
  return definePlugin({
    id: 'corpus',
    needs: { data: dataRef },
    tools: { status: statusTool, docs: docsTool, show: showTool, runs: runsTool },
  });
}
