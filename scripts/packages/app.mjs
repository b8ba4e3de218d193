import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from './run.mjs';

/** A folder of somebody who uses the packages, with the commands that they give there. */
export function createApp(folder, baseEnvironment) {
  mkdirSync(folder, { recursive: true });
  const path = (name) => join(folder, name);
  const command = (name, args, { env = {}, code } = {}) =>
    run(name, args, { cwd: folder, env: { ...baseEnvironment, ...env }, ...(code === undefined ? {} : { code }) });
  /** A program of an installed package, as `npx` would find it. */
  const program = (name) => (args, options) => command(path(`node_modules/.bin/${name}`), args, options);
  return {
    folder,
    path,
    write(name, text) {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), text);
    },
    read: (name) => readFileSync(path(name), 'utf8'),
    node: (args, options) => command('node', args, options),
    npm: (args, options) => command('npm', args, options),
    shell: (line, options) => command('sh', ['-c', line], options),
    sheaf: program('sheaf'),
    prisma: program('prisma'),
    tsc: program('tsc'),
  };
}

/** The line of `sheaf db eject` that installs what is missing. */
export function installationIn(out) {
  const [line] = /npm install --save-dev .*/.exec(out) ?? [];
  if (line === undefined) throw new Error(`It names nothing to install:\n${out}`);
  return line;
}
