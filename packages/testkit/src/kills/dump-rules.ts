import type { Row } from '@sheaf/db';

/** Gives the name of what an id stands for. @throws for an id of no name. */
export type NameOf = (id: unknown) => string;

/**
 * What of a database counts when two are compared. Whatever is not named here counts: a new table or column is part of
 * a dump by itself, and an id that no rule gives a name to makes the dump fail.
 */
export interface DumpRules {
  /** How rows are named where their id occurs, by table; a name may be made of those of the tables before it. */
  readonly names: Readonly<Record<string, (row: Row, nameOf: NameOf) => string>>;
  /** Tables that are left out, each with the reason. */
  readonly withoutTables: Readonly<Record<string, string>>;
  /** Columns that are left out, as `column` of every table or `table.column`, each with the reason. */
  readonly withoutColumns: Readonly<Record<string, string>>;
  /** Of other times counts only whether they are set; these say something of a document. As `table.column`. */
  readonly timesThatCount: readonly string[];
}

/** The rules for the tables of Sheaf; those of plugins need none, as long as they keep to the same names of columns. */
export const DUMP_RULES: DumpRules = {
  names: {
    workspaces: ({ slug }) => `${slug}`,
    sources: ({ kind, uri }) => `${kind} ${uri}`,
    documents: ({ uri }) => `${uri}`,
    batches: ({ name }) => `${name}`,
    step_configs: ({ type, digest }) => `${type} ${digest}`,
    config_sets: ({ name, digest }) => `${name} ${digest}`,
    // Rows come in the order of their ids, which is that of their making; see `dumpDatabase`.
    runs: ({ tool, ordinal }) => `${tool} #${ordinal}`,
    run_items: ({ run_id, document_id, unit }, nameOf) => `${nameOf(run_id)} ${unit ?? nameOf(document_id)}`,
    steps: ({ item_id, type, variant, number }, nameOf) => `${nameOf(item_id)} ${type} ${variant} ${number}`,
    _prisma_migrations: ({ migration_name }) => `${migration_name}`,
  },
  withoutTables: {
    workers: 'processes, no data',
    run_events: 'lines of progress: as many as there was time for',
  },
  withoutColumns: {
    attempt: 'an interruption costs one',
    worker_id: 'of a step: the process that had it last',
    claim_token: 'a new one with each claim',
    duration_ms: 'a time',
    'runs.output':
      'what the tool told its caller: how long it took, and what a map left out, is known to its process alone',
    'documents.uri_hash': 'of a document that was merged into another it is made from its id; `document_uris` has it',
    'runs.event_seq': 'counts the lines of progress',
    priority: 'a rank among what was planned together',
    'host_gates.delay_ms': 'pacing, learned from answers',
  },
  timesThatCount: ['map_results.modified_at'],
};
