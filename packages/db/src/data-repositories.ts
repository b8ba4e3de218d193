import type { Clock } from '@sheaf/core';
import type { ByteStore } from './bytes/byte-store.ts';
import type { Connection } from './connection/connection.ts';
import type { DataRepositories, DataService } from './ref.ts';
import { createArtifactRepository } from './repositories/artifact-repository.ts';
import { createBatchRepository } from './repositories/batch-repository.ts';
import { createContentRepository } from './repositories/content-repository.ts';
import { createDocumentRepository } from './repositories/document-repository.ts';
import { createFrontierRepository } from './repositories/frontier-repository.ts';
import { createHostGateRepository } from './repositories/host-gate-repository.ts';
import { createRunRepository } from './repositories/run-repository.ts';
import { createSourceRepository } from './repositories/source-repository.ts';
import { createStageRepository } from './repositories/stage-repository.ts';
import { createStepRepository } from './repositories/step-repository.ts';
import { createWorkerRepository } from './repositories/worker-repository.ts';
import { createWorkspaceRepository } from './repositories/workspace-repository.ts';
import type { DataScope } from './scope.ts';

/** The repositories of the core models in a scope; in a transaction they are made anew from its scope. */
export function createDataRepositories(scope: DataScope): DataRepositories {
  return {
    documents: createDocumentRepository(scope),
    stages: createStageRepository(scope),
    sources: createSourceRepository(scope),
    contents: createContentRepository(scope),
    artifacts: createArtifactRepository(scope),
    batches: createBatchRepository(scope),
    runs: createRunRepository(scope),
    steps: createStepRepository(scope),
    frontier: createFrontierRepository(scope),
  };
}

export interface DataServiceOptions {
  readonly session: Pick<Connection<unknown>, 'as'>;
  readonly clock: Clock;
  /** Where the bytes of workspaces are kept; default: in the database. */
  readonly bytes?: ByteStore | undefined;
  /** Told of each slug that leads to its workspace no longer, since that was deleted or renamed. */
  readonly onWorkspaceGone?: ((slug: string) => void) | undefined;
}

/** What belongs to the deployment. */
export function createDataService({ session, clock, bytes, onWorkspaceGone }: DataServiceOptions): DataService {
  const engine = session.as('engine');
  return {
    workspaces: createWorkspaceRepository({
      reader: engine.sql,
      session: session.as('admin'),
      clock,
      bytes,
      onGone: onWorkspaceGone,
    }),
    workers: createWorkerRepository({ session: engine, clock }),
    hostGates: createHostGateRepository(engine.sql),
  };
}
