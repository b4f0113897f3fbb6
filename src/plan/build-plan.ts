import { PLAN_ERRORS } from '../errors/plan.ts'
import { kindKey, metadataString, objectId } from '../kube/ref.ts'
import { objectTypeFromCrd } from '../ssa/object-type.ts'
import { typeForServer } from '../ssa/server-version.ts'
import type { ObjectType } from '../ssa/types.ts'
import type { JsonObject } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'
import type { ChainStep } from './chain.ts'
import { checkMaxFee } from './check-max-fee.ts'
import type { Decision, Desired, DesiredObject } from './desired.ts'
import { isAtOrBelow, normalPath } from './field-path.ts'
import { linkChain } from './link-chain.ts'
import { linkSteps } from './link-steps.ts'
import type { Observed } from './observed.ts'
import { onCreate } from './on-create.ts'
import { orderSteps } from './order-steps.ts'
import { planIdentity } from './plan-identity.ts'
import { planObject, problem, stepBase } from './plan-object.ts'
import { planPrune } from './plan-prune.ts'
import type { Diagnostic, ObjectStep, Plan, PlanOptions } from './types.ts'

/**
 * The graph of steps from what was observed to what is desired, with conflicts and diagnostics. Pure and synchronous:
 * the same input gives the same plan. What cannot be planned is a diagnostic of its step; the rest is planned.
 * `chain`: what is to be done on chains, in order and without edges; made elsewhere because it needs simulations.
 */
export function buildPlan(
  desired: Desired,
  observed: Observed,
  options: PlanOptions,
  chain: readonly ChainStep[] = [],
): Plan {
  const crds = crdTypes(desired.objects)
  const used = new Set<PlanOptions['decisions'][number]>()
  const steps = desired.objects.map((object) => planOne(object, observed, crds, decider(object, options, used)))
  const pruning = planPrune(desired, observed, options.prune)
  const namespaces = missingNamespaces(steps, observed)
  const all = [...namespaces, ...steps.map((step) => inNamespace(step, observed)), ...pruning.steps]
  const crdKinds = new Map([...crds].map(([key, crd]) => [key, crd.step]))
  const cluster = orderSteps(linkSteps(all, crdKinds))
  const registering = linkChain(cluster, chain)
  const identities = planIdentity(desired.identities, { cluster, chain: registering, observed, crdKinds })
  const tooDear = options.maxFee === undefined ? undefined : checkMaxFee(registering, options.maxFee)
  return {
    workspaceId: desired.workspaceId,
    cluster: observed.cluster,
    readAt: observed.readAt,
    requests: observed.requests,
    offers: desired.offers,
    steps: [...cluster, ...registering, ...identities],
    diagnostics: [
      ...pruning.diagnostics,
      ...(tooDear === undefined ? [] : [tooDear]),
      ...unusedDecisions(options, used),
    ],
    orphans: pruning.orphans,
  }
}

/**
 * Plans one object of a plan again, from a newer reading of it: after a 409. `live` is undefined when it is gone.
 * Undefined when the plan has no such object.
 */
export function planAgain(
  desired: Desired,
  observed: Observed,
  options: PlanOptions,
  id: string,
  live: JsonObject | undefined,
): ObjectStep | undefined {
  const object = desired.objects.find((candidate) => objectId(candidate.ref) === id)
  if (object === undefined) return undefined
  const objects = new Map<string, JsonObject>()
  if (live !== undefined) objects.set(id, live)
  return planOne(object, { ...observed, objects }, crdTypes(desired.objects), decider(object, options, new Set()))
}

/** The merge type that a step of the plan was predicted with; undefined for kinds that are neither served nor defined. */
export function typeOfStep(desired: Desired, observed: Observed, step: ObjectStep): ObjectType | undefined {
  const key = kindKey(step.ref)
  const type = observed.kinds.get(key)?.type ?? crdTypes(desired.objects).get(key)?.type
  return type === undefined ? undefined : typeForServer(type, observed.cluster.version)
}

type CrdType = { readonly type: ObjectType; readonly plural: string; readonly step: string }

/** The kinds that CRDs of the same workspace define, by kind key. */
function crdTypes(objects: readonly DesiredObject[]): ReadonlyMap<string, CrdType> {
  const types = new Map<string, CrdType>()
  for (const { ref, manifest } of objects) {
    if (ref.kind !== 'CustomResourceDefinition') continue
    const { plural, versions } = crdNames(manifest)
    for (const version of versions) {
      const type = objectTypeFromCrd(manifest, version)
      if (type !== undefined && plural !== undefined) types.set(kindKey(type), { type, plural, step: objectId(ref) })
    }
  }
  return types
}

function crdNames(manifest: JsonObject): { readonly plural?: string; readonly versions: readonly string[] } {
  const spec = isJsonObject(manifest['spec']) ? manifest['spec'] : {}
  const plural = isJsonObject(spec['names']) ? spec['names']['plural'] : undefined
  const versions = isJsonArray(spec['versions']) ? spec['versions'].filter(isJsonObject) : []
  const names = versions.map((version) => version['name']).filter((name) => typeof name === 'string')
  return typeof plural === 'string' ? { plural, versions: names } : { versions: names }
}

function planOne(
  desired: DesiredObject,
  observed: Observed,
  crds: ReadonlyMap<string, CrdType>,
  decide: (path: string) => Decision | undefined,
): ObjectStep {
  const key = kindKey(desired.ref)
  const served = observed.kinds.get(key)
  const kind = served ?? crds.get(key)
  if (kind === undefined) {
    const message = `the cluster does not serve ${desired.ref.kind} (${desired.ref.apiVersion})`
    const step = stepBase(desired, '')
    return { ...step, op: 'create', diagnostics: [problem(step.id, PLAN_ERRORS.KIND_NOT_SERVED, { message })] }
  }
  const live = observed.objects.get(objectId(desired.ref))
  if (live !== undefined && desired.settledAt !== undefined) {
    const resourceVersion = metadataString(live, 'resourceVersion')
    const uid = metadataString(live, 'uid') ?? ''
    if (resourceVersion === desired.settledAt) {
      return { ...stepBase(desired, kind.plural), live: { uid, resourceVersion }, before: live, after: live }
    }
  }
  const type = typeForServer(kind.type, observed.cluster.version)
  return planObject(desired, { type, plural: kind.plural, live, now: observed.readAt, decide })
}

/** The command line's decision wins over the offer's; the more specific path wins within one source. */
function decider(
  desired: DesiredObject,
  options: PlanOptions,
  used: Set<PlanOptions['decisions'][number]>,
): (path: string) => Decision | undefined {
  const { namespace, name } = desired.ref
  const names = new Set([name, `${namespace ?? ''}/${name}`, objectId(desired.ref)])
  const given = options.decisions.filter(({ object }) => object === undefined || names.has(object))
  return (path) => {
    const matches = given.filter((decision) => isAtOrBelow(path, normalPath(decision.path)))
    for (const match of matches) used.add(match)
    return mostSpecific(matches) ?? mostSpecific(desired.decisions.filter((d) => isAtOrBelow(path, normalPath(d.path))))
  }
}

function mostSpecific(
  decisions: readonly { readonly path: string; readonly decision: Decision }[],
): Decision | undefined {
  let best: { readonly path: string; readonly decision: Decision } | undefined
  for (const decision of decisions) if (best === undefined || decision.path.length > best.path.length) best = decision
  return best?.decision
}

function unusedDecisions(options: PlanOptions, used: ReadonlySet<unknown>): readonly Diagnostic[] {
  return options.decisions
    .filter((decision) => !used.has(decision))
    .map(({ path, decision }) => ({
      severity: 'warning' as const,
      code: PLAN_ERRORS.UNUSED_DECISION.code,
      message: `--${decision} ${path} matches no conflict`,
    }))
}

/** Namespaces that the objects need and the cluster does not have: steps of their own, without our label. */
function missingNamespaces(steps: readonly ObjectStep[], observed: Observed): readonly ObjectStep[] {
  const planned = new Set(steps.map((step) => step.id))
  const missing = new Set<string>()
  for (const { op, ref } of steps) {
    if (op !== 'create' || ref.namespace === undefined || planned.has(`Namespace/${ref.namespace}`)) continue
    if (observed.namespaces.get(ref.namespace) === 'absent') missing.add(ref.namespace)
  }
  return [...missing].sort().map((name) => {
    const ref = { apiVersion: 'v1', kind: 'Namespace', name }
    const manifest: JsonObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
    return {
      kind: 'object',
      id: objectId(ref),
      op: 'create',
      ref,
      plural: 'namespaces',
      dependsOn: [],
      write: { type: 'apply', manifest, force: false, closed: [] },
      changes: [],
      transfers: [],
      conflicts: [],
      diagnostics: [],
      after: onCreate(manifest),
    }
  })
}

/** Nothing can be created in a namespace that is being deleted. */
function inNamespace(step: ObjectStep, observed: Observed): ObjectStep {
  const { ref } = step
  if (step.op !== 'create' || ref.namespace === undefined) return step
  if (observed.namespaces.get(ref.namespace) !== 'terminating') return step
  const hint = `kubectl get namespace ${ref.namespace}`
  const { write: _, ...rest } = step
  return { ...rest, diagnostics: [...step.diagnostics, problem(step.id, PLAN_ERRORS.NAMESPACE_TERMINATING, { hint })] }
}
