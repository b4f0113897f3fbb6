import { buildCommand } from '@stricli/core'
import type { Context } from '../context.ts'
import { PLAN_FLAGS, type PlanFlags, type Target, target, targetsOf } from '../flags.ts'

const { prune: _p, maxPrune: _m, all: _a, ...FLAGS } = PLAN_FLAGS

export type WhyFlags = Omit<PlanFlags, 'prune' | 'maxPrune' | 'all'>

export const whyCommand = buildCommand<WhyFlags, [target: Target], Context>({
  loader: async () => (await import('./why.ts')).why,
  parameters: {
    flags: FLAGS,
    positional: {
      kind: 'tuple',
      parameters: [
        {
          brief: 'Field, or a mapping for all fields in it',
          placeholder: '[NS/NAME:]PATH',
          parse: target,
          proposeCompletions: targetsOf,
        },
      ],
    },
  },
  docs: {
    brief: 'Explain one field: who owns it, what will become of it',
    customUsage: ['spec.payment.price', 'llm/aeon:spec.payment.payTo'],
    fullDescription:
      'Shows the value in the cluster and in the offer, the owners and since when, what\na plan would do, and the rule that decides it. Needs the right to get and list.',
  },
})
