import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const verdaccio = join(createRequire(import.meta.url).resolve('verdaccio/package.json'), '../bin/verdaccio');
const START_TIMEOUT_MS = 60_000;

/**
 * Starts a registry on the loopback interface. It has what is published to it, and passes on everything else from
 * `upstream`; the names in `own` it never asks for there.
 */
export async function startRegistry({ folder, upstream, own }) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const config = {
    storage: join(folder, 'storage'),
    web: { enable: false },
    uplinks: { upstream: { url: upstream, cache: false, max_fails: 100, timeout: '60s' } },
    packages: {
      ...Object.fromEntries(own.map((name) => [name, { access: '$all', publish: '$all' }])),
      '**': { access: '$all', proxy: 'upstream' },
    },
    log: { type: 'stdout', format: 'pretty', level: 'warn' },
  };
  // Its configuration is YAML, of which JSON is a part.
  const file = join(folder, 'verdaccio.yaml');
  writeFileSync(file, JSON.stringify(config));
  const child = spawn(process.execPath, [verdaccio, '--config', file, '--listen', `127.0.0.1:${port}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      log += text;
    });
  }
  const ended = new Promise((resolve) => child.once('close', resolve));
  const stop = async () => {
    child.kill();
    await ended;
  };
  const end = performance.now() + START_TIMEOUT_MS;
  while (!(await answers(url))) {
    if (child.exitCode !== null || performance.now() > end) {
      await stop();
      throw new Error(`The local registry did not start.\n${log}`);
    }
    await sleep(100);
  }
  return { url, stop };
}

async function answers(url) {
  try {
    return (await fetch(`${url}-/ping`)).ok;
  } catch {
    return false;
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
