import type { Session } from '../exchange.ts'
import { CORE_KINDS } from './core-kinds.ts'
import { CUSTOM_RESOURCE_DEFINITIONS } from './custom-resource-definitions.ts'
import { CUSTOM_RESOURCE_ERRORS } from './custom-resource-errors.ts'
import { CUSTOM_RESOURCE_LIFECYCLE } from './custom-resource-lifecycle.ts'
import { CUSTOM_RESOURCE_PATCH_ERRORS } from './custom-resource-patch-errors.ts'
import { CUSTOM_RESOURCE_STATUS } from './custom-resource-status.ts'
import { KUBECTL_APPLY } from './kubectl-apply.ts'
import { SERVICES } from './services.ts'

/** Every recorded session, in the order they are recorded. */
export const SESSIONS: readonly Session[] = [
  CUSTOM_RESOURCE_DEFINITIONS,
  CUSTOM_RESOURCE_ERRORS,
  CUSTOM_RESOURCE_PATCH_ERRORS,
  CUSTOM_RESOURCE_LIFECYCLE,
  CUSTOM_RESOURCE_STATUS,
  CORE_KINDS,
  SERVICES,
  KUBECTL_APPLY,
]
