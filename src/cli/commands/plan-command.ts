import { buildCommand } from '@stricli/core'
import { FORMATS, type FormatRequest, parseFormat } from '../../formats/formats.ts'
import { GRAPH_FORMATS, type GraphFormat } from '../../plan/render-graph.ts'
import type { Context } from '../context.ts'
import { oneOf, PLAN_FLAGS, type PlanFlags, type Target, target, targetsOf, text } from '../flags.ts'

export type PlanCommandFlags = PlanFlags & {
  readonly why?: Target
  readonly graph?: GraphFormat
  readonly exitCode?: boolean
  readonly verify?: 'server'
  readonly base?: string
  readonly out?: string
  readonly snapshot?: string
  readonly format?: readonly FormatRequest[]
}

export const planCommand = buildCommand<PlanCommandFlags, string[], Context>({
  loader: async () => (await import('./plan.ts')).plan,
  parameters: {
    flags: {
      exitCode: { kind: 'boolean', brief: 'Exit with 2 when something changes', optional: true, withNegated: false },
      why: {
        kind: 'parsed',
        parse: target,
        proposeCompletions: targetsOf,
        brief: 'Explain one field instead',
        placeholder: 'PATH',
        optional: true,
      },
      graph: {
        kind: 'parsed',
        parse: oneOf(GRAPH_FORMATS),
        proposeCompletions: () => GRAPH_FORMATS,
        brief: 'Print the steps as a dot or mermaid graph',
        placeholder: 'FORMAT',
        optional: true,
      },
      base: {
        kind: 'parsed',
        parse: text,
        brief: 'Compare with the files as they were there',
        placeholder: 'REF',
        optional: true,
      },
      snapshot: {
        kind: 'parsed',
        parse: text,
        brief: 'Plan from a snapshot, without any network',
        placeholder: 'FILE',
        optional: true,
      },
      out: {
        kind: 'parsed',
        parse: text,
        brief: 'Save the plan, for obol apply --plan',
        placeholder: 'FILE',
        optional: true,
      },
      format: {
        kind: 'parsed',
        parse: parseFormat,
        proposeCompletions: () => FORMATS,
        brief: 'text json markdown github sarif html junit',
        placeholder: 'FORMAT[=FILE]',
        optional: true,
        variadic: true,
      },
      verify: {
        kind: 'parsed',
        parse: oneOf(['server']),
        proposeCompletions: () => ['server'],
        brief: 'server: compare with dry-runs; needs patch',
        placeholder: 'BY',
        optional: true,
      },
      ...PLAN_FLAGS,
    },
    positional: {
      kind: 'array',
      parameter: { brief: 'Files and folders; - is stdin; default: the offers', placeholder: 'PATH', parse: text },
    },
  },
  docs: {
    brief: 'Say exactly what apply would change',
    customUsage: ['', '--exit-code offers/aeon.yaml', '--take llm/aeon:spec.payment.payTo'],
    fullDescription:
      'Reads the offers and the cluster and predicts every change, ownership included.\nChanges nothing; needs the right to get and list, and no more.\nExit codes: 0; 2 changes, with --exit-code; 4 conflicts to decide; 6 prune\nceiling; 1 errors.',
  },
})
