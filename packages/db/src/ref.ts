import { type PluginRef, pluginRef } from '@sheaf/core';
import type { ArtifactRepository } from './repositories/artifact-repository.ts';
import type { BatchRepository } from './repositories/batch-repository.ts';
import type { ContentRepository } from './repositories/content-repository.ts';
import type { DocumentRepository } from './repositories/document-repository.ts';
import type { FrontierRepository } from './repositories/frontier-repository.ts';
import type { HostGateRepository } from './repositories/host-gate-repository.ts';
import type { RunRepository } from './repositories/run-repository.ts';
import type { SourceRepository } from './repositories/source-repository.ts';
import type { StageRepository } from './repositories/stage-repository.ts';
import type { StepRepository } from './repositories/step-repository.ts';
import type { WorkerRepository } from './repositories/worker-repository.ts';
import type { WorkspaceRepository } from './repositories/workspace-repository.ts';

/** The repositories of the core models, bound to one workspace. */
export interface DataRepositories {
  readonly documents: DocumentRepository;
  readonly stages: StageRepository;
  readonly sources: SourceRepository;
  readonly contents: ContentRepository;
  readonly artifacts: ArtifactRepository;
  readonly batches: BatchRepository;
  readonly runs: RunRepository;
  readonly steps: StepRepository;
  readonly frontier: FrontierRepository;
}

/** What belongs to the deployment. */
export interface DataService {
  readonly workspaces: WorkspaceRepository;
  readonly workers: WorkerRepository;
  readonly hostGates: HostGateRepository;
}

/** Names the data layer as a need: `needs: { data: dataRef }`. */
export const dataRef: PluginRef<'data', DataRepositories, DataService> = pluginRef('data');
