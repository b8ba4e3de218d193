import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { schemaEnginePath } from '../../src/index.ts';

export interface EngineRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the executable as Prisma's CLI does, its first line being left to find this Node. */
export function startEngine(args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [schemaEnginePath, ...args]);
}

/** Runs the executable to its end with the given lines on stdin. */
export function runEngine(args: readonly string[], lines: readonly object[] = []): Promise<EngineRun> {
  const child = startEngine(args);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdin.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

/** The error that `schema-engine cli <command>` logs. */
export async function commandError(command: string, url: string): Promise<{ code: string; message: string }> {
  const { exitCode, stderr } = await runEngine(['--datasource', JSON.stringify({ url }), 'cli', command]);
  const [, line = '{}'] = stderr.trim().split('\n');
  const { level, fields } = JSON.parse(line) as { level: string; fields: { error_code: string; message: string } };
  if (exitCode !== 1 || level !== 'ERROR') throw new Error(`${command} did not fail: ${stderr}`);
  return { code: fields.error_code, message: fields.message };
}
