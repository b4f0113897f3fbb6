import { buildCommand } from '@stricli/core'
import type { Context } from '../context.ts'
import { COMMON_FLAGS, type CommonFlags, text, WORKSPACE_FLAGS, type WorkspaceFlags } from '../flags.ts'

export const validateCommand = buildCommand<CommonFlags & WorkspaceFlags, string[], Context>({
  loader: async () => (await import('./validate.ts')).validate,
  parameters: {
    flags: { ...WORKSPACE_FLAGS, ...COMMON_FLAGS },
    positional: {
      kind: 'array',
      parameter: { brief: 'Files and folders; - is stdin; default: the offers', placeholder: 'PATH', parse: text },
    },
  },
  docs: {
    brief: 'Check offers without touching anything',
    customUsage: ['[--workspace DIR] [PATH]...', '- < offer.yaml'],
    fullDescription:
      'Prints every mistake at once, one per line: file:line:column path message.\nNeeds no cluster and no network. Exit code 1 when there is a mistake.',
  },
})
