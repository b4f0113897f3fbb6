import { buildCommand } from '@stricli/core'
import type { Context } from '../context.ts'
import { oneOf, PLAN_FLAGS, type PlanFlags, text } from '../flags.ts'

export const FAIL_ON = ['error', 'conflict', 'change', 'never'] as const
export type FailOn = (typeof FAIL_ON)[number]

export type ReviewFlags = PlanFlags & {
  readonly base?: string
  readonly snapshot?: string
  readonly failOn?: FailOn
  readonly comment?: boolean
  readonly commentKey?: string
  readonly outputDir?: string
}

export const reviewCommand = buildCommand<ReviewFlags, [], Context>({
  loader: async () => (await import('./review.ts')).review,
  parameters: {
    flags: {
      base: { kind: 'parsed', parse: text, brief: 'Default: that of the event', placeholder: 'REF', optional: true },
      snapshot: {
        kind: 'parsed',
        parse: text,
        brief: 'Plan from a snapshot, without any cluster',
        placeholder: 'FILE',
        optional: true,
      },
      failOn: {
        kind: 'parsed',
        parse: oneOf(FAIL_ON),
        proposeCompletions: () => FAIL_ON,
        brief: 'error conflict change never; default: conflict',
        placeholder: 'WHAT',
        optional: true,
      },
      comment: { kind: 'boolean', brief: 'Comment on the pull request; default: yes', optional: true },
      commentKey: {
        kind: 'parsed',
        parse: text,
        brief: 'Tells comments of several workspaces apart',
        placeholder: 'NAME',
        optional: true,
      },
      outputDir: {
        kind: 'parsed',
        parse: text,
        brief: 'Where the files go; default: obol-review',
        placeholder: 'DIR',
        optional: true,
      },
      ...PLAN_FLAGS,
    },
  },
  docs: {
    brief: 'Plan a pull request and comment on it',
    customUsage: ['', '--snapshot cluster.snapshot.json.gz --fail-on error'],
    fullDescription:
      'For CI: plans what the pull request changes beyond its base, writes the plan in\nall formats, and keeps one comment up to date. GitHub Actions and GitLab CI are\nrecognised; elsewhere give --base.',
  },
})
