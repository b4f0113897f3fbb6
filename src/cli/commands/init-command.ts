import { buildCommand } from '@stricli/core'
import type { Context } from '../context.ts'
import { COMMON_FLAGS, type CommonFlags, text } from '../flags.ts'

export const initCommand = buildCommand<CommonFlags, [folder?: string], Context>({
  loader: async () => (await import('./init.ts')).init,
  parameters: {
    flags: COMMON_FLAGS,
    positional: {
      kind: 'tuple',
      parameters: [
        { brief: 'Folder to fill; default: the workspace', placeholder: 'DIR', parse: text, optional: true },
      ],
    },
  },
  docs: {
    brief: 'Make a workspace with a sample offer',
    customUsage: ['[DIR]'],
    fullDescription:
      'Writes obol.yaml, a commented sample offer and its JSON Schema for editors.\nA file that exists is never overwritten.',
  },
})
