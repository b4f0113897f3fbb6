import jsonpatch, { type Operation } from 'fast-json-patch'
import { IDENTITY_PLACE } from '../cluster/read-registration-inputs.ts'
import type { ClusterWriter, WriteResult } from '../cluster/types.ts'
import { APPLY_ERRORS } from '../errors/apply.ts'
import { metadataString } from '../kube/ref.ts'
import type { IdentityStep } from '../plan/chain.ts'
import { AGENT_IDENTITY as REF } from '../plan/plan-identity.ts'
import { registrationOf, withRegistration } from '../plan/with-registration.ts'
import { FIELD_MANAGER } from '../ssa/types.ts'
import { isJsonArray, isJsonObject, type JsonArray, type JsonObject, jsonAt, jsonEquals } from '../util/json.ts'
import type { ApplyPorts } from './ports.ts'
import { done, failed, type StepResult } from './results.ts'
import { guarded, type Version } from './wire.ts'

/** How often the object is read anew when it keeps changing under the step. */
const ATTEMPTS = 8
/** 2^256 has 78 digits. */
const AGENT_ID = /^\d{1,78}$/

/** Without our label: all workspaces share the object, so pruning must never see it. */
const BARE: JsonObject = {
  apiVersion: REF.apiVersion,
  kind: REF.kind,
  metadata: { name: REF.name, namespace: REF.namespace },
  spec: {},
}
const STATUS = { ...IDENTITY_PLACE, subresource: 'status' } as const

type Context = {
  readonly ports: Pick<ApplyPorts, 'journal'> & { readonly cluster: Pick<ClusterWriter, 'get' | 'apply' | 'patchJson'> }
  readonly run: string
}

type Ended = { readonly next: 'done'; readonly result: StepResult }
/** Refused, perhaps because another version was named than the stored one; `sent`: which. */
type Refused = { readonly next: 'read-again'; readonly sent: string | undefined; readonly said: string }
type Made = { readonly next: 'go-on'; readonly object: JsonObject }

/**
 * Writes a chain's agentId (decimal, `0` is valid) to the status of AgentIdentity `x402/default`, making the object when
 * there is none. What it says of other chains stays as it is, and there is never more than one entry for the chain; one
 * that neither is the agentId nor was shown in the plan is not replaced. A refusal is a result, not an error.
 * SIDE EFFECTS: journal records before and after each write; per attempt at most one GET, one apply and one JSON Patch of
 * the status, each under the version that was read. Rejects only when the journal cannot be written, a permission is
 * missing or the connection is lost.
 */
export async function runIdentityStep(step: IdentityStep, agentId: string, context: Context): Promise<StepResult> {
  if (!AGENT_ID.test(agentId)) return failed(step, APPLY_ERRORS.IDENTITY_BAD_ID)
  let isOurs = false
  let refused: Refused | undefined
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const read = await context.ports.cluster.get(IDENTITY_PLACE, REF.name)
    // Refused although nothing moved: trying again would go round in a circle.
    if (read !== undefined && refused?.sent === versionOf(read).resourceVersion) {
      return failed(step, APPLY_ERRORS.REFUSED_BY_SERVER, { message: refused.said })
    }
    const found = read === undefined ? await create(step, context) : ({ next: 'go-on', object: read } as const)
    if (read === undefined && found.next === 'go-on') isOurs = true
    const outcome = found.next === 'go-on' ? await write(step, agentId, found.object, isOurs, context) : found
    if (outcome.next === 'done') return outcome.result
    refused = outcome
  }
  return failed(step, APPLY_ERRORS.OBJECT_MOVED, { message: `the object kept changing: ${ATTEMPTS} attempts` })
}

async function create(step: IdentityStep, { ports, run }: Context): Promise<Made | Ended | Refused> {
  await ports.journal.append({ type: 'apply-intended', run, step: step.id, ref: REF })
  const options = { fieldManager: FIELD_MANAGER, force: false }
  const answer = await ports.cluster.apply(IDENTITY_PLACE, guarded(BARE, undefined), options)
  if (answer.result === 'missing') return { next: 'done', result: noPlace(step, answer.message) }
  if (answer.result !== 'ok') return refusal(step, answer, undefined)
  await ports.journal.append({ type: 'object-applied', run, step: step.id, ref: REF, ...versionOf(answer.object) })
  return { next: 'go-on', object: answer.object }
}

/** Brings the status up to date where it is not; `isOurs`: this run made the object. */
async function write(
  step: IdentityStep,
  agentId: string,
  live: JsonObject,
  isOurs: boolean,
  { ports, run }: Context,
): Promise<Ended | Refused> {
  const stop = reasonToStop(step, agentId, live)
  if (stop !== undefined) return { next: 'done', result: stop }
  const version = versionOf(live)
  const recorded = { type: 'object-applied', run, step: step.id, ref: REF } as const
  if (says(live, step.network, agentId)) {
    await ports.journal.append({ ...recorded, ...version })
    return { next: 'done', result: done(step, isOurs ? 'created' : 'unchanged') }
  }
  await ports.journal.append({ type: 'apply-intended', run, step: step.id, ref: REF })
  const patch = statusPatch(live, withEntry(live, step.network, agentId), version)
  const answer = await ports.cluster.patchJson(STATUS, REF.name, patch, FIELD_MANAGER)
  if (answer.result !== 'ok') return refusal(step, answer, version.resourceVersion)
  await ports.journal.append({ ...recorded, ...versionOf(answer.object) })
  return { next: 'done', result: checked(step, agentId, answer.object, isOurs ? 'created' : 'configured') }
}

function refusal(
  step: IdentityStep,
  answer: Exclude<WriteResult, { result: 'ok' }>,
  sent: string | undefined,
): Ended | Refused {
  switch (answer.result) {
    case 'changed':
    case 'missing':
      return { next: 'read-again', sent, said: answer.message }
    case 'conflict':
      return { next: 'read-again', sent, said: answer.causes.map(({ message }) => message).join('; ') }
    case 'invalid':
      return { next: 'done', result: failed(step, APPLY_ERRORS.REFUSED_BY_SERVER, { message: answer.message }) }
  }
}

function noPlace(step: IdentityStep, message: string): StepResult {
  const { namespace, plural, apiVersion } = IDENTITY_PLACE
  const isNamespace = message.includes(`namespaces "${namespace}" not found`)
  const group = apiVersion.split('/')[0]
  const hint = isNamespace ? `kubectl create namespace ${namespace}` : `kubectl get crd ${plural}.${group}`
  const why = isNamespace ? `the namespace ${namespace} does not exist` : 'the cluster does not serve AgentIdentity'
  return failed(step, { ...APPLY_ERRORS.IDENTITY_NO_PLACE, hint }, { message: why })
}

/** Why nothing may be written to the object as it is. */
function reasonToStop(step: IdentityStep, agentId: string, live: JsonObject): StepResult | undefined {
  if (metadataString(live, 'deletionTimestamp') !== undefined) {
    return failed(step, { ...APPLY_ERRORS.GONE, hint: 'obol apply' }, { message: 'the object is being deleted' })
  }
  const list = registrationsOf(live)
  if (list === undefined) return failed(step, APPLY_ERRORS.IDENTITY_UNREADABLE)
  const stored = registrationOf(list, step.network)
  if (stored === undefined || stored === agentId || stored === step.before) return undefined
  const message = `the cluster says agentId ${stored} of ${step.network} now`
  return failed(step, APPLY_ERRORS.OBJECT_MOVED, { message, field: 'status.registrations' })
}

/** The entries of the status; undefined when it is laid out in another way. */
function registrationsOf(object: JsonObject): JsonArray | undefined {
  const status = object['status'] ?? null
  if (status === null) return []
  if (!isJsonObject(status)) return undefined
  const list = status['registrations'] ?? []
  return isJsonArray(list) && list.every(isJsonObject) ? list : undefined
}

/** True when the object has one entry of the chain, with this id. */
function says(object: JsonObject, network: string, agentId: string): boolean {
  const list = registrationsOf(object)
  return list !== undefined && jsonEquals(withRegistration(list, network, agentId), list)
}

function withEntry(object: JsonObject, network: string, agentId: string): JsonObject {
  const registrations = withRegistration(registrationsOf(object) ?? [], network, agentId)
  const status = object['status']
  return { ...object, status: { ...(isJsonObject(status) ? status : {}), registrations } }
}

/**
 * From one status to another as JSON Patch (RFC 6902) under uid and version. A uid that is replaced would be ignored by
 * the status endpoint, so it is tested; a version that is replaced is compared when the patch is stored.
 */
function statusPatch(live: JsonObject, wanted: JsonObject, { uid, resourceVersion }: Version): JsonArray {
  const guards: readonly Operation[] = [
    { op: 'test', path: '/metadata/uid', value: uid },
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
  ]
  return [...guards, ...jsonpatch.compare(live, wanted)].map((operation) => ({ ...operation }))
}

/** A server whose schema has no such status stores nothing, and says that all is well. */
function checked(step: IdentityStep, agentId: string, stored: JsonObject, result: StepResult['result']): StepResult {
  if (says(stored, step.network, agentId)) return done(step, result)
  const found = jsonAt(stored, ['status', 'registrations']) ?? null
  const message = `stored ${JSON.stringify(found)} where agentId ${agentId} of ${step.network} was written`
  return failed(step, APPLY_ERRORS.NOT_AS_PREDICTED, { message, field: 'status.registrations' })
}

function versionOf(object: JsonObject): Version {
  return {
    uid: metadataString(object, 'uid') ?? '',
    resourceVersion: metadataString(object, 'resourceVersion') ?? '',
  }
}
