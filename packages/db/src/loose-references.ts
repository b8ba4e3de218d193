/** A column that refers to a row without a foreign key, since the row may go before it. */
interface LooseReference {
  readonly table: string;
  readonly column: string;
  readonly target: string;
  /** The column by which the doctor names the row. */
  readonly subject: string;
  /**
   * What becomes of the row when its target goes to another workspace, in the words of a foreign key. Without it another
   * reference of the same row says so.
   */
  readonly onMove?: 'CASCADE' | 'NO ACTION';
  /** Whether the row is found by its `run_id` too: that is indexed. */
  readonly isOfRun?: boolean;
}

export const LOOSE_REFERENCES: readonly LooseReference[] = [
  { table: 'document_sources', column: 'run_id', target: 'runs', subject: 'document_id', onMove: 'NO ACTION' },
  { table: 'artifacts', column: 'run_id', target: 'runs', subject: 'input_hash', onMove: 'NO ACTION' },
  {
    table: 'lifecycle_events',
    column: 'item_id',
    target: 'run_items',
    subject: 'id',
    onMove: 'CASCADE',
    isOfRun: true,
  },
  { table: 'lifecycle_events', column: 'step_id', target: 'steps', subject: 'id' },
  { table: 'llm_calls', column: 'step_id', target: 'steps', subject: 'id', onMove: 'CASCADE', isOfRun: true },
];
