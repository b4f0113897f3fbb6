import { APPLY_ERRORS } from './apply.ts'
import { CHAIN_ERRORS } from './chain.ts'
import { CLUSTER_ERRORS } from './cluster.ts'
import type { Descriptor } from './descriptor.ts'
import { FORGE_ERRORS } from './forge.ts'
import { GIT_ERRORS } from './git.ts'
import { OFFER_ERRORS } from './offers.ts'
import { PLAN_ERRORS } from './plan.ts'
import { POLICY_ERRORS } from './policy.ts'
import { REGISTER_ERRORS } from './register.ts'
import { SANDBOX_ERRORS } from './sandbox.ts'
import { SAVED_ERRORS } from './saved.ts'
import { SELL_ERRORS } from './sell.ts'
import { SIGNER_ERRORS } from './signer.ts'
import { SNAPSHOT_ERRORS } from './snapshot.ts'
import { USAGE_ERRORS } from './usage.ts'
import { WORKSPACE_ERRORS } from './workspace.ts'

/** The errors of one subject, in the order of the documentation. */
export type Subject = { readonly title: string; readonly letter: string; readonly errors: readonly Descriptor[] }

/** Every error that can reach a user, by subject; each code occurs once. */
export const CATALOGUE: readonly Subject[] = [
  { title: 'Offers', letter: 'O', errors: Object.values(OFFER_ERRORS) },
  { title: 'Workspace', letter: 'W', errors: Object.values(WORKSPACE_ERRORS) },
  { title: 'Plan', letter: 'P', errors: Object.values(PLAN_ERRORS) },
  { title: 'Cluster', letter: 'K', errors: Object.values(CLUSTER_ERRORS) },
  { title: 'Apply', letter: 'A', errors: Object.values(APPLY_ERRORS) },
  { title: 'Chain', letter: 'C', errors: Object.values(CHAIN_ERRORS) },
  { title: 'Signers', letter: 'G', errors: Object.values(SIGNER_ERRORS) },
  { title: 'Registration', letter: 'R', errors: Object.values(REGISTER_ERRORS) },
  { title: 'Policies', letter: 'Y', errors: Object.values(POLICY_ERRORS) },
  { title: 'Selling', letter: 'L', errors: Object.values(SELL_ERRORS) },
  { title: 'Saved plans', letter: 'V', errors: Object.values(SAVED_ERRORS) },
  { title: 'Snapshots', letter: 'T', errors: Object.values(SNAPSHOT_ERRORS) },
  { title: 'Comparing with a base', letter: 'B', errors: Object.values(GIT_ERRORS) },
  { title: 'Comments of pull requests', letter: 'F', errors: Object.values(FORGE_ERRORS) },
  { title: 'Sandbox', letter: 'S', errors: Object.values(SANDBOX_ERRORS) },
  { title: 'Command line', letter: 'U', errors: Object.values(USAGE_ERRORS) },
]
