import { buildCommand } from '@stricli/core'
import type { Context } from '../context.ts'
import { CLUSTER_FLAGS, COMMON_FLAGS, type CommonFlags, PLAN_FLAGS, text, WORKSPACE_FLAGS } from '../flags.ts'
import type { TakeFlags } from '../take-snapshot.ts'

export type SnapshotCommandFlags = TakeFlags & CommonFlags & { readonly out: string }

export const snapshotCommand = buildCommand<SnapshotCommandFlags, [], Context>({
  loader: async () => (await import('./snapshot.ts')).snapshot,
  parameters: {
    flags: {
      out: { kind: 'parsed', parse: text, brief: 'File to write', placeholder: 'FILE' },
      namespace: {
        kind: 'parsed',
        parse: text,
        brief: 'Look into this namespace as well',
        placeholder: 'NS',
        optional: true,
        variadic: true,
      },
      include: {
        kind: 'parsed',
        parse: text,
        brief: 'Record this kind in full: Deployment.apps',
        placeholder: 'KIND',
        optional: true,
        variadic: true,
      },
      concurrency: PLAN_FLAGS.concurrency,
      requestTimeout: PLAN_FLAGS.requestTimeout,
      ...WORKSPACE_FLAGS,
      ...CLUSTER_FLAGS,
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'Write a file from which plans are made offline',
    customUsage: ['--out cluster.snapshot.json.gz'],
    fullDescription:
      'Reads what a plan needs of the cluster and of chains, with get and list only.\nobol plan --snapshot FILE makes the same plan from it, without any network.\nSecrets are not in it: tokens made with state/plan.key stand for them.',
  },
})
