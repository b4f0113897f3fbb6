import type { Descriptor } from '../errors/descriptor.ts'
import { PLAN_ERRORS } from '../errors/plan.ts'
import { kindKey, metadataString, type ObjectRef, objectId } from '../kube/ref.ts'
import { isJsonArray, type JsonArray, type JsonObject, jsonAt, jsonEquals } from '../util/json.ts'
import type { ChainStep, DesiredIdentity, IdentityStep } from './chain.ts'
import { waitId } from './link-steps.ts'
import type { Observed } from './observed.ts'
import type { ClusterStep, Diagnostic } from './types.ts'
import { registrationOf, withRegistration } from './with-registration.ts'

/** The one object that says which identities the seller has on which chains. */
export const AGENT_IDENTITY: ObjectRef & { readonly namespace: string } = {
  apiVersion: 'obol.org/v1alpha1',
  kind: 'AgentIdentity',
  namespace: 'x402',
  name: 'default',
}

export type IdentityInput = {
  /** As `linkSteps` made them. */
  readonly cluster: readonly ClusterStep[]
  readonly chain: readonly ChainStep[]
  readonly observed: Observed
  /** Kinds that CRDs of the same plan define: kind key → step of the CRD. */
  readonly crdKinds: ReadonlyMap<string, string>
}

/**
 * The step per desired identity that writes its agentId to AgentIdentity `x402/default`; none where neither the chain nor
 * a step of the plan gives an agentId. It depends on the last step that brings the agentId, and on what of the plan the
 * object needs. Pure.
 */
export function planIdentity(desired: readonly DesiredIdentity[], input: IdentityInput): readonly IdentityStep[] {
  return desired.flatMap((identity) => {
    const steps = input.chain.filter(({ network }) => network === identity.network)
    const bringer = steps.findLast(bringsAgentId)
    const agentId = bringer?.agentId ?? (steps.some(isInDoubt) ? undefined : steps.find(hasAgentId)?.agentId)
    return bringer === undefined && agentId === undefined ? [] : [stepFor(identity, { bringer, agentId }, input)]
  })
}

/** Steps of which the agentId is known, or will be when they are done. */
function bringsAgentId({ op, state }: ChainStep): boolean {
  if (op === 'settled') return state === 'settled'
  return (op === 'register' || op === 'adopt') && (state === 'ready' || state === 'pending')
}

/** It is not known which identity is ours, whatever is remembered. */
function isInDoubt({ op, state }: ChainStep): boolean {
  return state === 'unknown' || (op === 'register' && state === 'waiting')
}

/** What an earlier run was about need not be what is wanted now. */
function hasAgentId({ agentId, state }: ChainStep): boolean {
  return agentId !== undefined && state !== 'pending'
}

type Found = { readonly bringer: ChainStep | undefined; readonly agentId: string | undefined }

function stepFor({ network, offers }: DesiredIdentity, found: Found, input: IdentityInput): IdentityStep {
  const live = input.observed.objects.get(objectId(AGENT_IDENTITY))
  const status = jsonAt(live, ['status', 'registrations'])
  const registrations = isJsonArray(status) ? status : []
  const before = registrationOf(registrations, network)
  const { bringer, agentId } = found
  const base = {
    kind: 'identity' as const,
    id: `identity/${network}`,
    network,
    offers,
    ...(agentId === undefined ? {} : { agentId }),
    ...(before === undefined ? {} : { before }),
    ...(live === undefined ? {} : { live: versionOf(live) }),
  }
  const isSaid = agentId !== undefined && isWritten(registrations, network, agentId)
  if (isSaid) {
    const text = `agentId ${agentId} stands in ${LABEL}`
    return { ...base, op: 'noop', dependsOn: [], text, waits: false, diagnostics: [] }
  }
  const places = placesIn(input)
  const op = live === undefined && !places.includes(objectId(AGENT_IDENTITY)) ? 'create' : 'update'
  const dependsOn = [...places, ...(bringer === undefined ? [] : [bringer.id])]
  const obstacle = obstacleTo(live, places, input)
  if (obstacle !== undefined) {
    const { message } = obstacle
    return { ...base, op, dependsOn, text: `waits: ${message}`, waits: true, diagnostics: [obstacle] }
  }
  return { ...base, op, dependsOn, text: textOf(op, found), waits: false, diagnostics: [] }
}

const LABEL = `${AGENT_IDENTITY.kind} ${AGENT_IDENTITY.namespace}/${AGENT_IDENTITY.name}`

function isWritten(registrations: JsonArray, network: string, agentId: string): boolean {
  return jsonEquals(withRegistration(registrations, network, agentId), registrations)
}

function textOf(op: IdentityStep['op'], { bringer, agentId }: Found): string {
  const what = agentId === undefined ? 'the agentId' : `agentId ${agentId}`
  const isLater = bringer?.op === 'register'
  const where = op === 'create' ? `a new ${LABEL}` : LABEL
  return `writes ${what} to ${where}${isLater ? ' once it is final' : ''}`
}

function versionOf(live: JsonObject): NonNullable<IdentityStep['live']> {
  return { uid: metadataString(live, 'uid') ?? '', resourceVersion: metadataString(live, 'resourceVersion') ?? '' }
}

/** Steps of the plan that have to be done before the object can be written. */
function placesIn({ cluster, crdKinds }: IdentityInput): readonly string[] {
  const crd = crdKinds.get(kindKey(AGENT_IDENTITY))
  const needed = new Set([
    `Namespace/${AGENT_IDENTITY.namespace}`,
    objectId(AGENT_IDENTITY),
    ...(crd === undefined ? [] : [waitId(crd)]),
  ])
  return cluster.flatMap((step) => {
    const isActive = step.kind === 'wait' || (step.op !== 'noop' && step.op !== 'delete')
    return isActive && needed.has(step.id) ? [step.id] : []
  })
}

/** Why the object cannot be written, unless the plan itself takes care of it. */
function obstacleTo(
  live: JsonObject | undefined,
  places: readonly string[],
  { observed, crdKinds }: IdentityInput,
): Diagnostic | undefined {
  const key = kindKey(AGENT_IDENTITY)
  if (!observed.kinds.has(key) && !crdKinds.has(key)) {
    return warning(PLAN_ERRORS.KIND_NOT_SERVED, `the cluster does not serve ${AGENT_IDENTITY.kind}`)
  }
  const { namespace } = AGENT_IDENTITY
  const state = observed.namespaces.get(namespace)
  if (state === 'terminating')
    return warning(PLAN_ERRORS.NAMESPACE_TERMINATING, `namespace ${namespace} is being deleted`)
  if (state === 'absent' && !places.includes(`Namespace/${namespace}`)) {
    return warning(PLAN_ERRORS.NAMESPACE_MISSING, `there is no namespace ${namespace}`)
  }
  if (live === undefined || metadataString(live, 'deletionTimestamp') === undefined) return undefined
  return warning(PLAN_ERRORS.OBJECT_TERMINATING, `${LABEL} is being deleted`)
}

function warning({ code, hint }: Descriptor, message: string): Diagnostic {
  return { severity: 'warning', code, message, ...(hint === undefined ? {} : { hint }) }
}
