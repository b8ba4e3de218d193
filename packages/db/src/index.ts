export type { Backup, BackupOptions } from './backup/backup-database.ts';
export { backupDatabase } from './backup/backup-database.ts';
export type { BackupManifest, BackupPart } from './backup/manifest.ts';
export type { Restored, RestoreOptions } from './backup/restore-backup.ts';
export { restoreBackup } from './backup/restore-backup.ts';
export type {
  ByteStore,
  PrunedFiles,
  PruneFilesOptions,
  StagedContent,
  StoredFile,
  WorkspaceBytes,
} from './bytes/byte-store.ts';
export { createDatabaseByteStore } from './bytes/database-byte-store.ts';
export type { FileByteStoreOptions } from './bytes/file-byte-store.ts';
export { createFileByteStore } from './bytes/file-byte-store.ts';
export type { FileSystem } from './bytes/file-system.ts';
export type { TieredByteStoreOptions } from './bytes/tiered-byte-store.ts';
export { createTieredByteStore } from './bytes/tiered-byte-store.ts';
export type { ModelScope } from './compose/check-models.ts';
export type { ComposedFile, ComposedModel, ComposedSchema, ComposeOptions } from './compose/compose.ts';
export { compose } from './compose/compose.ts';
export type { ComposeToFolderOptions, ComposeToFolderResult } from './compose/compose-to-folder.ts';
export { composeToFolder } from './compose/compose-to-folder.ts';
export type { EjectHistoryOptions, EjectHistoryResult } from './compose/eject-history.ts';
export { ejectHistory } from './compose/eject-history.ts';
export type { FragmentText } from './compose/fragment.ts';
export type { ScopedTable } from './compose/isolation.ts';
export { composeIsolation } from './compose/isolation.ts';
export type { ReadFragmentOptions } from './compose/read-fragment.ts';
export { readFragment } from './compose/read-fragment.ts';
export { shippedFragments } from './compose/shipped-fragments.ts';
export type { DatabaseConfig, DatabaseConfigSources, ResolvedDatabaseConfig } from './config.ts';
export { DEFAULT_DATABASE_URL, databaseConfigSchema, resolveDatabaseConfig } from './config.ts';
export type { DeploymentRole } from './connection/acting.ts';
export { connect } from './connection/connect.ts';
export type {
  ClientFactories,
  Connection,
  ConnectOptions,
  DatabaseCopy,
  PoolOptions,
  PrismaClientPort,
  PrismaTransactionOptions,
  ScriptSession,
  Session,
  SqliteSettings,
} from './connection/connection.ts';
export type { DatabaseTarget, PostgresqlTarget, SqliteTarget } from './connection/database-url.ts';
export { parseDatabaseUrl, withoutPassword } from './connection/database-url.ts';
export type { TransactionIsolation, TransactionOptions } from './connection/transaction-options.ts';
export { dataFragment } from './data-fragment.ts';
export type { DataServiceOptions } from './data-repositories.ts';
export { createDataRepositories, createDataService } from './data-repositories.ts';
export type { DeleteOptions, Deletion } from './deletion/deletion.ts';
export { dbErrors } from './errors.ts';
export type { InvariantReport } from './invariants/check-invariant.ts';
export { dataInvariants, invariantsOf } from './invariants/data-invariants.ts';
export type { CheckIntegrity, Integrity, IntegrityOptions } from './invariants/integrity.ts';
export { createIntegrity } from './invariants/integrity.ts';
export type { IntegrityPlugin, IntegrityPluginOptions } from './invariants/integrity-plugin.ts';
export { integrityPlugin, integrityRef } from './invariants/integrity-plugin.ts';
export type {
  Findings,
  Invariant,
  InvariantContext,
  MendContext,
  Mending,
  Unchecked,
  Violation,
} from './invariants/invariant.ts';
export { mendBy } from './invariants/invariant.ts';
export type { StageAgreesOptions } from './invariants/stages.ts';
export { stageAgrees } from './invariants/stages.ts';
export type { ApplyMigrationsOptions, MigrationResult } from './migrate/apply-migrations.ts';
export { applyMigrations } from './migrate/apply-migrations.ts';
export type { Drift } from './migrate/find-drift.ts';
export { findDrift } from './migrate/find-drift.ts';
export { inspectMigrations, pendingMigrations } from './migrate/inspect-migrations.ts';
export type { Migration, MigrationHistory, MigrationSource } from './migrate/migration-history.ts';
export { readMigrationHistory } from './migrate/migration-history.ts';
export type { FailedMigration, MigrationReport } from './migrate/migration-report.ts';
export type { MigrationTarget } from './migrate/migration-target.ts';
export { findMissingExtras } from './migrate/missing-extras.ts';
export { shippedSchemaFolder } from './migrate/schema-folder.ts';
export type { DocumentMove } from './moving/document-move.ts';
export type { DataPlugin, DataPluginOptions } from './plugin.ts';
export { dataPlugin } from './plugin.ts';
export type { DataRepositories, DataService } from './ref.ts';
export { dataRef } from './ref.ts';
export type {
  ArtifactKey,
  ArtifactRecord,
  ArtifactRepository,
  NewArtifact,
} from './repositories/artifact-repository.ts';
export type { BatchRecord, BatchRepository } from './repositories/batch-repository.ts';
export type { ContentRepository, PruneOptions, PruneResult } from './repositories/content-repository.ts';
export type {
  ContentChange,
  DateRange,
  DeleteDocumentsOptions,
  DocumentAlias,
  DocumentCandidate,
  DocumentFilter,
  DocumentIdentity,
  DocumentOrder,
  DocumentQuery,
  DocumentRecord,
  DocumentRepository,
  DocumentSourceRecord,
  DocumentUriRecord,
  DocumentVersionRecord,
  DocumentView,
  DomainCount,
  ObservedContent,
  RecordContentOptions,
  RegisterDocumentsOptions,
  RegisteredDocument,
  StageCondition,
  StageCount,
  StageState,
} from './repositories/document-repository.ts';
export { DOCUMENT_ORDERS } from './repositories/document-repository.ts';
export type { FrontierEntry, FrontierRepository, FrontierState } from './repositories/frontier-repository.ts';
export { FRONTIER_STATES } from './repositories/frontier-repository.ts';
export type { HostGateRepository, StoredRobots } from './repositories/host-gate-repository.ts';
export type { Page, PageOptions } from './repositories/page.ts';
export type { PageByIdOptions, PagePart } from './repositories/page-by-id.ts';
export { pageById } from './repositories/page-by-id.ts';
export type {
  FinishRun,
  NewRunEvent,
  OpenRun,
  PruneRuns,
  RunCounts,
  RunEventRecord,
  RunFilter,
  RunRecord,
  RunRepository,
} from './repositories/run-repository.ts';
export type { EnsureSource, SourceKind, SourceRecord, SourceRepository } from './repositories/source-repository.ts';
export { SOURCE_KINDS } from './repositories/source-repository.ts';
export type { StageRepository, StageUpdate } from './repositories/stage-repository.ts';
export type {
  ClaimedStep,
  ClaimSteps,
  OpenSteps,
  PlannedStep,
  PlanSteps,
  StepClaim,
  StepFailure,
  StepRepository,
} from './repositories/step-repository.ts';
export type { WorkerRecord, WorkerRepository } from './repositories/worker-repository.ts';
export type { WorkspaceRecord, WorkspaceRepository } from './repositories/workspace-repository.ts';
export type { MoveDocumentsOptions } from './repositories/workspaces/move-documents.ts';
export type { CreateScopeOptions, DataRegistry, DataScope } from './scope.ts';
export { createScope } from './scope.ts';
export type { ColumnType, Dialect, Provider } from './sql/dialect.ts';
export { toDatabaseTime } from './sql/dialect.ts';
export type { NamedParameters, Row, SqlExecutor, StatementOptions } from './sql/executor.ts';
export type { SqlStatement } from './sql/split-statements.ts';
export { splitStatements } from './sql/split-statements.ts';
export type { Json, Sql, SqlScalar, SqlValue } from './sql/statement.ts';
export { identifier, joinSql, json, rawSql, sql } from './sql/statement.ts';
export { isStoreFailure } from './store-failure.ts';
export { findMissingIsolation } from './tenancy/missing-isolation.ts';
export { ROLES, WORKSPACE_SETTING } from './tenancy/roles.ts';
