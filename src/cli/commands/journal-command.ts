import { buildCommand } from '@stricli/core'
import { ObolError } from '../../errors/obol-error.ts'
import { USAGE_ERRORS } from '../../errors/usage.ts'
import type { Context } from '../context.ts'
import { COMMON_FLAGS, type CommonFlags, text, WORKSPACE_FLAGS, type WorkspaceFlags } from '../flags.ts'

export type JournalFlags = CommonFlags &
  WorkspaceFlags & {
    readonly events?: boolean
    /** Id of a run, or how it begins. */
    readonly run?: string
    readonly tail?: number
  }

export const journalCommand = buildCommand<JournalFlags, [], Context>({
  loader: async () => (await import('./journal.ts')).journal,
  parameters: {
    flags: {
      events: { kind: 'boolean', brief: 'Print every record, oldest first', optional: true, withNegated: false },
      run: {
        kind: 'parsed',
        parse: text,
        brief: 'Only records of one run; how its id begins is enough',
        placeholder: 'ID',
        optional: true,
      },
      tail: { kind: 'parsed', parse: count, brief: 'Only the last records', placeholder: 'N', optional: true },
      ...WORKSPACE_FLAGS,
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'Show what the runs did and where steps on a chain stand',
    fullDescription:
      'Reads the journal of the workspace, and neither cluster nor chain: what the last\nrun did, and where each step on a chain stands, with its transactions. --run and\n--tail imply --events.',
  },
})

function count(input: string): number {
  if (/^[1-9]\d{0,8}$/.test(input)) return Number(input)
  throw new ObolError(USAGE_ERRORS.BAD_VALUE, { message: 'it is a whole number, at least 1' })
}
