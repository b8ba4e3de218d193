import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Runs a program in a process of its own, so that its memory and its compiled code are its own: the program answers
 * with `answer`.
 *
 * @throws when it ends without an answer; its own words are on standard error.
 */
export function ask<Output>(program: URL, input: unknown, nodeOptions: readonly string[] = []): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(program), [JSON.stringify(input)], {
      execArgv: [...process.execArgv, ...nodeOptions],
    });
    let output: { readonly value: Output } | undefined;
    child.once('message', (value) => {
      output = { value: value as Output };
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0 && output !== undefined) resolve(output.value);
      else reject(new Error(`${fileURLToPath(program)} ended with ${signal ?? `code ${code}`} and gave no answer.`));
    });
  });
}

/** The program's side: does the work that `ask` asks for. */
export async function answer<Input>(work: (input: Input) => Promise<unknown>): Promise<void> {
  // A program whose asker has died ends, too.
  process.once('disconnect', () => process.exit(1));
  const output = await work(JSON.parse(process.argv[2] ?? '') as Input);
  await new Promise((resolve) => process.send?.(output, resolve));
  process.removeAllListeners('disconnect');
  process.disconnect();
}
