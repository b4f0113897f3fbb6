import { buildCommand } from '@stricli/core'
import type { Context } from '../context.ts'
import { PLAN_FLAGS, type PlanFlags, seconds, text } from '../flags.ts'

export type ApplyFlags = PlanFlags & {
  readonly yes?: boolean
  readonly rebind?: boolean
  readonly wait?: number
  readonly plan?: string
  readonly allowUnrelated?: boolean
}

export const applyCommand = buildCommand<ApplyFlags, string[], Context>({
  loader: async () => (await import('./apply.ts')).apply,
  parameters: {
    flags: {
      yes: { kind: 'boolean', brief: 'Do not ask', optional: true, withNegated: false },
      rebind: {
        kind: 'boolean',
        brief: 'The workspace moves to another cluster',
        optional: true,
        withNegated: false,
      },
      wait: {
        kind: 'parsed',
        parse: seconds,
        brief: 'Wait that long for a chain to be final; default: 120',
        placeholder: 'SECONDS',
        optional: true,
      },
      plan: {
        kind: 'parsed',
        parse: text,
        brief: 'Carry out a saved plan, if it still holds',
        placeholder: 'FILE',
        optional: true,
      },
      allowUnrelated: {
        kind: 'boolean',
        brief: 'With --plan: accept what it does not rely on',
        optional: true,
        withNegated: false,
      },
      ...PLAN_FLAGS,
    },
    aliases: { y: 'yes' },
    positional: {
      kind: 'array',
      parameter: { brief: 'Files and folders; default: the offers', placeholder: 'PATH', parse: text },
    },
  },
  docs: {
    brief: 'Do what the plan says, and nothing else',
    customUsage: ['[--yes] [--prune] [--take PATH] [PATH]...', '--plan plan.json'],
    fullDescription:
      'Shows the plan, asks, and carries it out. Steps run side by side;\na failed one blocks only what needs it. Killed at any point, run it again.',
  },
})
