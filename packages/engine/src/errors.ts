import { defineErrors, type ErrorCatalog, type ErrorSpec } from '@sheaf/core';

export type EngineErrorSpecs = {
  readonly 'invalid-input': ErrorSpec<{ readonly tool: string; readonly problems: readonly string[] }>;
  readonly 'invalid-output': ErrorSpec<{ readonly tool: string; readonly problems: readonly string[] }>;
  readonly 'unknown-tool': ErrorSpec<{ readonly tool: string; readonly known: readonly string[] }>;
  readonly 'read-only': ErrorSpec<{ readonly tool: string }>;
  readonly canceled: ErrorSpec<{ readonly tool: string }>;
  readonly 'run-ended': ErrorSpec<{ readonly run: string; readonly status: string }>;
  readonly 'step-crashed': ErrorSpec<{ readonly step: string; readonly reason: string }>;
  readonly 'worker-lost': ErrorSpec<{ readonly step: string }>;
  readonly closed: ErrorSpec<Record<string, never>>;
};

export const engineErrors: ErrorCatalog<EngineErrorSpecs> = defineErrors<EngineErrorSpecs>('engine', {
  'invalid-input': {
    message: (p) => `The input of ${p.tool} is not valid:\n- ${p.problems.join('\n- ')}`,
    hint: 'Each line names the field and what it accepts; --help lists them all.',
  },
  'invalid-output': {
    message: (p) => `The tool ${p.tool} gave back what it did not declare: ${p.problems.join('; ')}`,
    hint: 'This is a mistake in the tool; report it to its author.',
  },
  'unknown-tool': {
    message: (p) => `There is no tool "${p.tool}".`,
    hint: 'Check the name, and that its plugin is in the list of plugins.',
  },
  'read-only': {
    message: (p) => `The tool ${p.tool} is declared to read only, and opened a run.`,
    hint: 'Declare its effect as "write".',
  },
  canceled: {
    message: (p) => `${p.tool} was interrupted; what was done is kept.`,
    hint: 'Run the same command again: it goes on where this one stopped.',
  },
  'run-ended': {
    message: (p) => `The run ${p.run} was ended by someone else (${p.status}); what it had done is kept.`,
    hint: 'Run the same command again to do the rest.',
  },
  'step-crashed': {
    message: (p) => `The step ${p.step} crashed: ${p.reason}`,
    hint: 'This is a mistake in the step’s handler; the cause has its stack.',
  },
  'worker-lost': {
    message: (p) => `The worker of step ${p.step} died, and the step has no attempt left.`,
    hint: 'Run the tool again with the document named, and look for what ends the process.',
  },
  closed: {
    message: () => 'This Sheaf is closed.',
    hint: 'Create another one; keep it open until the last call has settled.',
  },
});
