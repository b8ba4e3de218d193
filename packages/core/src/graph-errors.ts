import { defineErrors, type ErrorCatalog, type ErrorSpec } from './errors.ts';

export type GraphErrorSpecs = {
  readonly 'invalid-graph': ErrorSpec<{ readonly problems: readonly string[] }>;
  readonly 'start-failed': ErrorSpec<{ readonly plugin: string; readonly reason: string }>;
  readonly 'start-timeout': ErrorSpec<{ readonly plugin: string; readonly timeoutMs: number }>;
  readonly 'stop-failed': ErrorSpec<{ readonly plugins: readonly string[] }>;
};

export const pluginErrors: ErrorCatalog<GraphErrorSpecs> = defineErrors<GraphErrorSpecs>('plugin', {
  'invalid-graph': {
    message: (p) =>
      p.problems.length === 1
        ? `The plugins do not fit together: ${p.problems[0]}`
        : `The plugins do not fit together, for ${p.problems.length} reasons:\n- ${p.problems.join('\n- ')}`,
    hint: 'Each line names the plugins involved; change the list of plugins until none is left.',
  },
  'start-failed': {
    message: (p) => `The plugin "${p.plugin}" did not start: ${p.reason}`,
    hint: 'The cause tells what the plugin was missing. Plugins that had started were stopped again.',
  },
  'start-timeout': {
    message: (p) => `The plugin "${p.plugin}" did not start within ${p.timeoutMs} ms.`,
    hint: 'Check that its `setup` settles and that the services it reaches answer, or raise `startTimeoutMs`.',
  },
  'stop-failed': {
    message: (p) => `These plugins did not stop cleanly: ${p.plugins.join(', ')}`,
    hint: 'The cause holds the error of each; all other plugins were stopped.',
  },
});
