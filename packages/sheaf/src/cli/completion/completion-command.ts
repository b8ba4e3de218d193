import { Argument, type Command } from 'commander';
import { addExamples } from '../help.ts';
import type { CliIo } from '../io.ts';
import { completionScripts, SHELLS, type Shell } from './completion-scripts.ts';

/** `sheaf completion <shell>`: prints the script that a shell reads. */
export function addCompletionCommand(program: Command, io: CliIo): void {
  const command = program
    .command('completion')
    .description('Print a script that completes the command line in your shell')
    .addArgument(new Argument('<shell>', 'The shell').choices([...SHELLS]))
    .action((shell: Shell) => void io.stdout.write(completionScripts[shell]));
  addExamples(command, [
    {
      line: 'sheaf completion bash > ~/.local/share/bash-completion/completions/sheaf',
      summary: 'For bash; a new shell has it',
    },
    { line: 'sheaf completion zsh > ~/.zfunc/_sheaf', summary: 'For zsh, where ~/.zfunc is in $fpath before compinit' },
    { line: 'sheaf completion fish > ~/.config/fish/completions/sheaf.fish', summary: 'For fish' },
  ]);
}
