import { runSchemaEngine } from './run-schema-engine.ts';

process.exitCode = await runSchemaEngine({ argv: process.argv.slice(2) });
// A pooled connection must not keep the process alive once the CLI has what it asked for.
process.exit();
