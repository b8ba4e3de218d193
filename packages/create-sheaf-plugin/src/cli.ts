#!/usr/bin/env node
import { createInterface } from 'node:readline/promises';
import { main } from './main.ts';

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

process.exitCode = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.cwd(),
  ask: process.stdin.isTTY ? ask : undefined,
});
