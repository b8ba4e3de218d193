export type { CliIo, Output } from './cli/io.ts';
export { main } from './cli/main.ts';
