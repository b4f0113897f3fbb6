import { buildCommand } from '@stricli/core'
import type { Context } from '../context.ts'
import {
  CLUSTER_FLAGS,
  type ClusterFlags,
  COMMON_FLAGS,
  type CommonFlags,
  PLAN_FLAGS,
  type PlanFlags,
  WORKSPACE_FLAGS,
  type WorkspaceFlags,
} from '../flags.ts'

export type StatusFlags = CommonFlags & WorkspaceFlags & ClusterFlags & Pick<PlanFlags, 'requestTimeout'>

export const statusCommand = buildCommand<StatusFlags, [], Context>({
  loader: async () => (await import('./status.ts')).status,
  parameters: {
    flags: { requestTimeout: PLAN_FLAGS.requestTimeout, ...CLUSTER_FLAGS, ...WORKSPACE_FLAGS, ...COMMON_FLAGS },
  },
  docs: {
    brief: 'Show the offers as they are in the cluster',
    fullDescription:
      'One line per offer: whether it is ready to be bought and why not, its price in\nthe cluster, its on-chain identity, and whether the cluster is as wanted.',
  },
})
