import { buildCommand } from '@stricli/core'
import { SHELLS, type Shell } from '../completion/scripts.ts'
import type { Context } from '../context.ts'
import { oneOf } from '../flags.ts'

export const completionCommand = buildCommand<object, [Shell], Context>({
  loader: async () => (await import('./completion.ts')).completion,
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [
        { brief: 'bash, zsh or fish', placeholder: 'SHELL', parse: oneOf(SHELLS), proposeCompletions: () => SHELLS },
      ],
    },
  },
  docs: {
    brief: 'Print the completion script of a shell',
    customUsage: ['bash'],
    fullDescription:
      'To try it:   source <(obol completion bash)     # or zsh\n             obol completion fish | source\nTo keep it:  put that line into ~/.bashrc, ~/.zshrc or config.fish.',
  },
})
