import { EngineError } from './engine-error.ts';

/** The databases that the WebAssembly engine is wired to here. */
export type EngineProvider = 'sqlite' | 'postgresql';

/**
 * Which database a connection URL names.
 *
 * @throws EngineError P1013 for a URL of another kind. The message does not repeat the URL, which may hold a password.
 */
export function providerOfUrl(url: string): EngineProvider {
  if (/^postgres(ql)?:\/\//.test(url)) return 'postgresql';
  if (/^(file|sqlite):/.test(url)) return 'sqlite';
  throw new EngineError(
    'The provided database string is invalid: the WebAssembly schema engine understands `file:` (SQLite) ' +
      'and `postgresql://` URLs.',
    { code: 'P1013' },
  );
}

/** Which database a schema is for, read from its datasource block. */
export function providerOfSchema(content: string): EngineProvider | undefined {
  const provider = /^\s*datasource\s+\w+\s*\{[^}]*?^\s*provider\s*=\s*"(\w+)"/ms.exec(content)?.[1];
  if (provider === 'sqlite') return 'sqlite';
  return provider === 'postgresql' || provider === 'postgres' ? 'postgresql' : undefined;
}
