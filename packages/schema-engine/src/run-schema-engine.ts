import type { Readable, Writable } from 'node:stream';
import { enginesVersion } from '@prisma/engines-version';
import { type DatabaseCommand, runDatabaseCommand } from './database-command.ts';
import { describeRpcError } from './describe-rpc-error.ts';
import { type EngineArguments, parseEngineArguments } from './engine-arguments.ts';
import { EngineError } from './engine-error.ts';
import { createEngineSession } from './engine-session.ts';
import { serveJsonRpc } from './json-rpc.ts';
import { createRedactor } from './redact-secrets.ts';

export interface RunSchemaEngineOptions {
  readonly argv: readonly string[];
  readonly stdin?: Readable;
  readonly stdout?: Writable;
  readonly stderr?: Writable;
}

/**
 * The program: `--version`, `cli <command>` (check, create or drop a database), or JSON-RPC on stdin and stdout.
 *
 * @returns the exit code.
 */
export async function runSchemaEngine(options: RunSchemaEngineOptions): Promise<number> {
  const { argv, stdin = process.stdin, stdout = process.stdout, stderr = process.stderr } = options;
  const engineArguments = parseEngineArguments(argv);
  const { datasource } = engineArguments;
  if (engineArguments.isVersion) {
    stdout.write(`schema-engine-cli ${enginesVersion}\n`);
    return 0;
  }
  const redact = createRedactor([datasource.url, datasource.shadowDatabaseUrl]);
  if (engineArguments.command !== undefined) {
    return runCommand({ ...engineArguments, command: engineArguments.command }, stderr, redact);
  }
  const session = createEngineSession({ arguments: engineArguments });
  onInterrupt(() => session.cleanUp());
  const crash = uncaughtException();
  await serveJsonRpc({
    input: stdin,
    output: stdout,
    handle: (request) => Promise.race([session.handle(request), crash]),
    describeError: (error) => describeRpcError(error, { errors: session.errors(), redact }),
  });
  await session.cleanUp();
  return 0;
}

async function runCommand(
  engineArguments: EngineArguments & { readonly command: string },
  stderr: Writable,
  redact: (text: string) => string,
): Promise<number> {
  const log = (level: 'INFO' | 'ERROR', fields: object): void => {
    const entry = { timestamp: new Date().toISOString(), level, fields, target: 'schema_engine::logger' };
    stderr.write(`${JSON.stringify(entry)}\n`);
  };
  // The CLI skips the first line.
  log('INFO', { message: 'Starting schema engine CLI' });
  try {
    const { command, datasource } = engineArguments;
    if (!isDatabaseCommand(command)) throw new EngineError(`Unknown command: ${command}`);
    await runDatabaseCommand(command, datasource.url ?? '');
    return 0;
  } catch (error) {
    const message = redact(error instanceof Error ? error.message : String(error));
    log('ERROR', { is_panic: false, message, error_code: error instanceof EngineError ? error.code : undefined });
    return 1;
  }
}

function isDatabaseCommand(command: string): command is DatabaseCommand {
  return ['can-connect-to-database', 'create-database', 'drop-database'].includes(command);
}

/** Parameters that the engine does not understand make it throw where no promise is, and leave the request open. */
function uncaughtException(): Promise<never> {
  const crash = new Promise<never>((_, reject) => {
    process.on('uncaughtException', reject);
  });
  crash.catch(() => {});
  return crash;
}

/** The CLI ends the engine by SIGTERM as soon as it has its answers, and a terminal interrupts both by SIGINT. */
function onInterrupt(cleanUp: () => Promise<void>): void {
  process.once('SIGTERM', () => void cleanUp().finally(() => process.exit(0)));
  process.once('SIGINT', () => void cleanUp().finally(() => process.exit(130)));
}
