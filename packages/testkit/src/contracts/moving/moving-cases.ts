import type { DocumentMove, MoveDocumentsOptions } from '@sheaf/db';
import type { DeletionCases } from '../deletion/deletion-cases.ts';
import { type DocumentWorkspace, hold, openDocuments, registered } from '../support/document-rows.ts';

export interface TwoWorkspaces {
  readonly red: DocumentWorkspace;
  readonly blue: DocumentWorkspace;
}

/** What the cases of a move are tested with. */
export interface MovingCases extends DeletionCases {
  readonly open: () => Promise<TwoWorkspaces>;
  /** Red with documents that hold text, and all runs ended. */
  readonly openFilled: (...uris: readonly string[]) => Promise<TwoWorkspaces & { readonly ids: readonly string[] }>;
  readonly finish: (workspace: DocumentWorkspace) => Promise<unknown>;
  /** By default from red to blue. */
  readonly move: (documents: readonly string[], more?: Partial<MoveDocumentsOptions>) => Promise<DocumentMove>;
}

export const PAGE = 'https://example.com/page';
export const OTHER = 'https://example.com/other';
export const OLD = 'https://example.com/old';

export const uris = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, place) => `https://example.com/${place}`);

export function movingCases(cases: DeletionCases): MovingCases {
  const { data } = cases;
  const finish = ({ runs, runId }: DocumentWorkspace) => runs.finish({ runId, status: 'completed' });
  const open = async () => ({ red: await openDocuments(data(), 'red'), blue: await openDocuments(data(), 'blue') });
  return {
    ...cases,
    open,
    finish,
    async openFilled(...names) {
      const { red, blue } = await open();
      const ids = await registered(red, ...names);
      for (const [place, id] of ids.entries()) await hold(red, id, `text ${place}`);
      await finish(red);
      await finish(blue);
      return { red, blue, ids };
    },
    move: (documents, more = {}) =>
      data().service.workspaces.moveDocuments({ from: 'red', to: 'blue', documents, ...more }),
  };
}
