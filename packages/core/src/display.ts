/** How a tool's output looks to people. Programs get the output itself. */
export type Display = TableDisplay | RecordDisplay | TextDisplay;

export type Cell = string | number | boolean | Date | null | undefined;

export interface DisplayBase {
  /** One line above. */
  readonly title?: string;
  /** Lines below: totals, remarks. */
  readonly notes?: readonly string[];
  /** Commands worth trying next. */
  readonly next?: readonly string[];
}

export interface TableDisplay extends DisplayBase {
  readonly kind: 'table';
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** What to cut first when the terminal is narrow; default 0, higher is cut earlier. */
  readonly shrink?: number;
}

export interface RecordDisplay extends DisplayBase {
  readonly kind: 'record';
  readonly fields: readonly (readonly [name: string, value: Cell])[];
}

export interface TextDisplay extends DisplayBase {
  readonly kind: 'text';
  readonly text: string;
}
