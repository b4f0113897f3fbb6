import { applyPlan } from '../../src/apply/apply-plan.ts'
import type { StepResult } from '../../src/apply/results.ts'
import { observe } from '../../src/cluster/observe.ts'
import { metadataOf } from '../../src/kube/ref.ts'
import { buildPlan, planAgain, typeOfStep } from '../../src/plan/build-plan.ts'
import type { Decision, Desired } from '../../src/plan/desired.ts'
import type { Observed } from '../../src/plan/observed.ts'
import type { ObjectStep, Plan, PlanOptions } from '../../src/plan/types.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { checkPlan } from './check-plan.ts'
import { checkRefusals } from './check-refusals.ts'
import { checkRevisions } from './check-revisions.ts'
import { checkAgain, checkStored } from './check-stored.ts'
import type { Failure } from './failure.ts'
import type { FuzzCluster } from './fuzz-cluster.ts'
import { documentName } from './random-document.ts'
import { recordWrites, type WriteRecord } from './record-writes.ts'
import type { ForeignWrite, Reconcile } from './story.ts'
import type { Tally } from './tally.ts'

export type ReconcileContext = {
  readonly cluster: FuzzCluster
  readonly namespace: string
  readonly desired: Desired
  readonly plant: (predicted: JsonObject) => JsonObject
  readonly foreign: (write: ForeignWrite) => Promise<readonly Failure[]>
  readonly tally: Tally
}

/**
 * One round: observe, plan, check the plan, apply it, and hold what is stored against it.
 * SIDE EFFECTS: those of the plan, and dry-runs of what it refuses to write.
 */
export async function reconcile(round: Reconcile, context: ReconcileContext): Promise<readonly Failure[]> {
  const { cluster, desired, tally } = context
  const observed = await observeAll(context)
  const { plan, options } = decided(round, desired, observed)
  tallyPlan(plan, tally)
  const broken = [...checkPlan(plan, desired.objects), ...(await checkRefusals(plan, context))]
  if (broken.length > 0) return broken
  for (const write of round.race) {
    const failures = await context.foreign(write)
    if (failures.length > 0) return failures
  }
  const raced = new Set(round.race.flatMap(touchedBy))
  const isRaced = (step: ObjectStep): boolean => raced.has(`${step.ref.kind} ${step.ref.name}`)
  const { writer, writes } = recordWrites(cluster.writer)
  const results = await apply(plan, { writer, desired, observed, options })
  for (const { op, result, diagnostics } of results.values()) {
    tally.add(`result ${op} ${result}`)
    for (const { code } of diagnostics) tally.add(`answer ${code}`)
  }

  const after = await observeAll(context)
  const steps = plan.steps.filter((step) => step.kind === 'object')
  const comparison = { results, stored: after.objects, plant: context.plant, isRaced }
  const failures = steps.flatMap((step) => checkStored(step, comparison))
  const again = buildPlan(desired, after, options)
  failures.push(...checkAgain(again, { ...comparison, shown: plan }))
  failures.push(...(await checkHistory(steps, writes, context)))
  return failures
}

/** The API server deletes the Endpoints of a Service with it. */
function touchedBy({ verb, kind, doc }: ForeignWrite): readonly string[] {
  const isPair = verb === 'delete' && kind === 'Service'
  return [kind, ...(isPair ? ['Endpoints'] : [])].map((touched) => `${touched} ${documentName(doc)}`)
}

async function observeAll({ cluster, namespace, desired }: ReconcileContext): Promise<Observed> {
  const alsoList = [
    { apiVersion: 'obol.org/v1alpha1', kind: 'ServiceOffer', namespace },
    { apiVersion: 'v1', kind: 'Service', namespace },
    { apiVersion: 'v1', kind: 'Endpoints', namespace },
  ]
  const wanted = { refs: desired.objects.map(({ ref }) => ref), alsoList, workspaceId: desired.workspaceId }
  const answer = await observe(cluster.writer, wanted, { cache: cluster.schemas, now: () => new Date() })
  if (answer.result === 'denied') throw new Error(`denied: ${JSON.stringify(answer.missing)}`)
  return answer.observed
}

/** The plan with the round's decisions. A conflict may hide others, so it is asked for them more than once. */
function decided(round: Reconcile, desired: Desired, observed: Observed): { plan: Plan; options: PlanOptions } {
  const prune = round.prune ? { prune: { maxCount: 20, maxPercent: 100 } } : {}
  let options: PlanOptions = { decisions: [], ...prune }
  let plan = buildPlan(desired, observed, options)
  for (let i = 0; i < 3 && round.policy !== 'none'; i += 1) {
    const more = plan.steps
      .flatMap((step) => (step.kind === 'object' ? step.conflicts : []))
      .filter(({ decision }) => decision === undefined)
      .flatMap(({ object, path }) => {
        const decision = decisionFor(round, `${object} ${path}`)
        return decision === undefined ? [] : [{ object, path, decision }]
      })
    if (more.length === 0) break
    options = { ...options, decisions: [...options.decisions, ...more] }
    plan = buildPlan(desired, observed, options)
  }
  return { plan, options }
}

function decisionFor({ policy, salt }: Reconcile, path: string): Decision | undefined {
  if (policy === 'none') return undefined
  if (policy !== 'mixed') return policy
  let hash = salt
  for (const letter of path.replace(/fuzz-[^/]*\//, '')) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0
  return (['take', 'take', 'yield', 'share', undefined] as const)[Math.abs(hash) % 5]
}

async function apply(
  plan: Plan,
  from: {
    readonly writer: FuzzCluster['writer']
    readonly desired: Desired
    readonly observed: Observed
    readonly options: PlanOptions
  },
): Promise<ReadonlyMap<string, StepResult>> {
  const { writer, desired, observed, options } = from
  const result = await applyPlan(
    plan,
    {
      cluster: writer,
      journal: { append: async () => {}, close: async () => {} },
      planAgain: (id, live) => planAgain(desired, observed, options, id, live),
      typeOf: (step) => typeOfStep(desired, observed, step),
      onProgress: () => {},
      signal: new AbortController().signal,
    },
    { run: 'fuzz', concurrency: 4, waitTimeoutMs: 10_000 },
  )
  return new Map(result.steps.map((step) => [step.id, step]))
}

async function checkHistory(
  steps: readonly ObjectStep[],
  writes: readonly WriteRecord[],
  { cluster, namespace }: ReconcileContext,
): Promise<readonly Failure[]> {
  const failures: Failure[] = []
  for (const step of steps) {
    const { kind, name } = step.ref
    const own = writes.filter((write) => write.plural === step.plural && write.name === name)
    const last = own.at(-1)
    if (kind !== 'ServiceOffer' || last === undefined) continue
    const revisions = await cluster.log.upTo(namespace, name, last.resourceVersion)
    failures.push(...checkRevisions(revisions, own, step))
  }
  return failures
}

function tallyPlan(plan: Plan, tally: Tally): void {
  for (const step of plan.steps) if (step.kind === 'object') tallyStep(step, tally)
}

function tallyStep(step: ObjectStep, tally: Tally): void {
  tally.add(`plan ${step.op}`)
  tally.add(`kind ${step.ref.kind}`)
  if (step.write?.type === 'apply' && step.write.transfer !== undefined) tally.add('write transfer')
  if (step.write?.type === 'apply' && step.write.force) tally.add('write force')
  for (const { reason } of step.changes) tally.add(`change ${reason}`)
  for (const { decision = 'undecided' } of step.conflicts) tally.add(`conflict ${decision}`)
  for (const { code } of step.diagnostics) tally.add(`diagnostic ${code}`)
  if (step.before === undefined) return
  const owners = JSON.stringify(metadataOf(step.before)['managedFields'] ?? [])
  if (owners.includes('ancient-changes')) tally.add('owners ancient-changes')
  if (owners === '[]') tally.add('owners cleared')
}
