import { spawn } from 'node:child_process';

/** A command that ended with another exit code than 0, with all that it said. */
export class CommandError extends Error {
  constructor(command, { code, out, err }) {
    super(`${command} ended with ${code}\n${out}\n${err}`);
    Object.assign(this, { code, out, err });
  }
}

/**
 * Runs a command to its end and gives what it printed. Throws a CommandError unless it ends with `code`, which is 0 by
 * default.
 */
export async function run(command, args, { cwd, env = process.env, code: expected = 0 } = {}) {
  const result = await new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      err += text;
    });
    child.on('error', reject).on('close', (code, signal) => resolve({ code: code ?? signal, out, err }));
  });
  if (result.code !== expected) throw new CommandError([command, ...args].join(' '), result);
  return result;
}
