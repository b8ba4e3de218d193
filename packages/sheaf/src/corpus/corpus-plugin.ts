import { definePlugin, type Plugin } from '@sheaf/core';
import { type DataScope, dataRef } from '@sheaf/db';
import { cancelTool } from './cancel-tool.ts';
import { deleteDocumentTool } from './deletion/delete-document-tool.ts';
import { deleteRunTool } from './deletion/delete-run-tool.ts';
import { deleteSourceTool } from './deletion/delete-source-tool.ts';
import { deleteWorkspaceTool } from './deletion/delete-workspace-tool.ts';
import { pruneTool } from './deletion/prune-tool.ts';
import { docsTool } from './docs-tool.ts';
import { moveDocumentsTool } from './moving/move-documents-tool.ts';
import { runsTool } from './runs-tool.ts';
import { showTool } from './show-tool.ts';
import { statusTool } from './status-tool.ts';
import { createWorkspaceTool } from './workspaces/create-workspace-tool.ts';
import { listWorkspacesTool } from './workspaces/list-workspaces-tool.ts';
import { renameWorkspaceTool } from './workspaces/rename-workspace-tool.ts';

export type CorpusNeeds = {
  readonly data: typeof dataRef;
};

export type CorpusTools = {
  readonly status: typeof statusTool;
  readonly docs: typeof docsTool;
  readonly show: typeof showTool;
  readonly runs: typeof runsTool;
  readonly cancel: typeof cancelTool;
  readonly deleteDocument: typeof deleteDocumentTool;
  readonly deleteSource: typeof deleteSourceTool;
  readonly deleteRun: typeof deleteRunTool;
  readonly deleteWorkspace: typeof deleteWorkspaceTool;
  readonly moveDocuments: typeof moveDocumentsTool;
  readonly prune: typeof pruneTool;
  readonly workspaces: typeof listWorkspacesTool;
  readonly createWorkspace: typeof createWorkspaceTool;
  readonly renameWorkspace: typeof renameWorkspaceTool;
};

export type CorpusPlugin = Plugin<
  'corpus',
  DataScope,
  CorpusNeeds,
  Record<never, never>,
  CorpusTools,
  Record<never, never>
>;

/**
 * What holds of all documents, whichever plugin wrote them: reading (status, lists, one document in full, runs), canceling
 * runs, moving, deleting, pruning; and workspaces.
 */
export function corpusPlugin(): CorpusPlugin {
  return definePlugin({
    id: 'corpus',
    needs: { data: dataRef },
    tools: {
      status: statusTool,
      docs: docsTool,
      show: showTool,
      runs: runsTool,
      cancel: cancelTool,
      deleteDocument: deleteDocumentTool,
      deleteSource: deleteSourceTool,
      deleteRun: deleteRunTool,
      deleteWorkspace: deleteWorkspaceTool,
      moveDocuments: moveDocumentsTool,
      prune: pruneTool,
      workspaces: listWorkspacesTool,
      createWorkspace: createWorkspaceTool,
      renameWorkspace: renameWorkspaceTool,
    },
  });
}
