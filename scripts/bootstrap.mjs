// Sets the checkout up, once: dependencies (with the pinned Node 24) and generated clients. Runs on Node 20.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(root, 'node_modules', '.sheaf-install');

/** Fails the whole command: what a person can do is on stderr. */
export function run(command, args, options = {}) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    ...options,
    env: { ...env, ...options.env },
  });
  if (error) throw error;
  if (signal) process.kill(process.pid, signal);
  return status ?? 1;
}

const env = {
  // Half of what a command that runs from source takes to start is spent on compiling it.
  NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compile'),
  ...process.env,
  TURBO_TELEMETRY_DISABLED: '1',
  CHECKPOINT_DISABLE: '1',
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
};

/** The pinned Node 24 where the registry has it for this platform; else the present one, which must be new enough. */
export function node() {
  const pinned = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(pinned)) return pinned;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return process.execPath;
  console.error(`There is no pinned Node for ${process.platform} ${process.arch}: use Node 22.19 or newer.`);
  process.exit(1);
}

export function bootstrap() {
  if (!isInstalled()) {
    // What a command says belongs to stdout; what it takes to get there does not.
    console.error('Installing the dependencies …');
    const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const status = run('npx', ['--yes', packageManager, 'install', '--frozen-lockfile', '--reporter=append-only'], {
      stdio: ['inherit', 2, 'inherit'],
      shell: process.platform === 'win32',
    });
    if (status !== 0) process.exit(status);
    mkdirSync(join(root, 'node_modules'), { recursive: true });
    writeFileSync(stamp, fingerprint());
  }
  const status = run(node(), [join(root, 'scripts', 'generate-clients.mjs')]);
  if (status !== 0) process.exit(status);
}

function isInstalled() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint();
}

/** Changes with anything that an install reads. */
function fingerprint() {
  const hash = createHash('sha256');
  const manifests = ['packages', 'plugins', 'examples', 'bench'].flatMap((group) => {
    const folder = join(root, group);
    if (!existsSync(folder)) return [];
    return readdirSync(folder).map((name) => join(folder, name, 'package.json'));
  });
  const files = ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml'].map((name) => join(root, name));
  for (const file of [...files, ...manifests.sort()])
    if (existsSync(file)) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}
