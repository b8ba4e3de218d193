import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface BenchSite {
  readonly origin: string;
  close(): void;
}

export async function startSite(): Promise<BenchSite> {
  const child = fork(fileURLToPath(new URL('site-program.ts', import.meta.url)));
  const [port] = (await once(child, 'message')) as [number];
  return { origin: `http://127.0.0.1:${port}`, close: () => child.kill() };
}
