import { buildCommand } from '@stricli/core'
import type { Context } from '../context.ts'
import { PLAN_FLAGS, type PlanFlags, seconds, text } from '../flags.ts'

export type WatchFlags = PlanFlags & {
  readonly apply?: boolean
  readonly interval?: number
}

export const watchCommand = buildCommand<WatchFlags, string[], Context>({
  loader: async () => (await import('./watch.ts')).watch,
  parameters: {
    flags: {
      apply: { kind: 'boolean', brief: 'Apply every plan without asking', optional: true, withNegated: false },
      interval: {
        kind: 'parsed',
        parse: seconds,
        brief: 'Read the cluster at least this often; default 60',
        placeholder: 'SECONDS',
        optional: true,
      },
      ...PLAN_FLAGS,
    },
    positional: {
      kind: 'array',
      parameter: { brief: 'Files and folders; default: the offers', placeholder: 'PATH', parse: text },
    },
  },
  docs: {
    brief: 'Plan again whenever an offer changes',
    customUsage: ['[--apply] [--interval SECONDS] [PATH]...'],
    fullDescription:
      'Plans at once, after each change of the offers, and from time to time.\nWith --apply it converges: what failed is tried again, less and less often.\nRuns until Ctrl-C.',
  },
})
