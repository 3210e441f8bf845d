/** completion: prints a completion script for a shell. */
import type { Command } from '#cli/arguments/command.ts'

export const completion: Command = {
  name: 'completion',
  summary: 'Print a script that completes commands, flags and their values in a shell.',
  description: `The script is complete in itself: no key press starts siftstep. Where a file is expected, the shell offers files. Print it again after an update.`,
  positionals: [{ name: 'SHELL', help: 'The shell: bash, zsh or fish.', required: true, choices: ['bash', 'zsh', 'fish'] }],
  flags: [],
  examples: [
    { line: 'siftstep completion bash > ~/.local/share/bash-completion/completions/siftstep', what: 'For bash, with bash-completion.' },
    { line: 'siftstep completion zsh > ~/.zfunc/_siftstep', what: 'For zsh, where ~/.zfunc is in fpath before compinit.' },
    { line: 'siftstep completion fish > ~/.config/fish/completions/siftstep.fish', what: 'For fish.' },
  ],
  run: async (args, terminal, commands) => (await import('#cli/actions/completion.ts')).printCompletion(args, terminal, commands),
}
