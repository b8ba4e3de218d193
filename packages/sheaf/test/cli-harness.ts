import type { SheafConfig } from 'sheaf';
import { main } from 'sheaf/cli';

export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly config?: SheafConfig;
  /** Columns of a terminal; default: no terminal. */
  readonly columns?: number;
}

/** Runs the command line in this process. */
export async function cli(argv: readonly string[], options: CliOptions): Promise<CliResult> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = options.columns === undefined ? {} : { isTTY: true, columns: options.columns };
  const code = await main(
    argv,
    {
      stdout: { write: (text) => void out.push(text), ...terminal },
      stderr: { write: (text) => void err.push(text), ...terminal },
      env: options.env ?? {},
      cwd: options.cwd,
      signal: options.signal ?? new AbortController().signal,
    },
    options.config,
  );
  return { code, out: out.join(''), err: err.join('') };
}
