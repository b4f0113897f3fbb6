import { buildCommand } from '@stricli/core'
import { FORMATS, type FormatRequest, parseFormat } from '../../formats/formats.ts'
import type { Context } from '../context.ts'
import { COMMON_FLAGS, type CommonFlags, text } from '../flags.ts'

export type ShowFlags = CommonFlags & { readonly format?: readonly FormatRequest[] }

export const showCommand = buildCommand<ShowFlags, [string], Context>({
  loader: async () => (await import('./show.ts')).show,
  parameters: {
    flags: {
      format: {
        kind: 'parsed',
        parse: parseFormat,
        proposeCompletions: () => FORMATS,
        brief: 'text json markdown github sarif html junit',
        placeholder: 'FORMAT[=FILE]',
        optional: true,
        variadic: true,
      },
      ...COMMON_FLAGS,
    },
    positional: {
      kind: 'tuple',
      parameters: [{ brief: 'A plan that obol plan --out saved', placeholder: 'FILE', parse: text }],
    },
  },
  docs: {
    brief: 'Show a saved plan',
    customUsage: ['plan.json', '--format markdown plan.json'],
    fullDescription:
      'Shows what was saved, without workspace and cluster; whether it still holds\nis found out by obol apply --plan. A changed file is refused.',
  },
})
