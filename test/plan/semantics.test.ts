import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describePlan } from '../../src/plan/describe-plan.ts'
import { isAtOrBelow, showPath } from '../../src/plan/field-path.ts'
import { type PlanVerdict, planVerdict } from '../../src/plan/plan-verdict.ts'
import type { ObjectStep } from '../../src/plan/types.ts'
import { compareValues } from '../../src/ssa/compare-values.ts'
import { leavesOf, pathsOf, union } from '../../src/ssa/field-set.ts'
import { decodeManagedFields, withoutManagedFields } from '../../src/ssa/managed-fields.ts'
import { isJsonObject, jsonAt } from '../../src/util/json.ts'
import { CASES, caseOf } from './cases.ts'
import { LABEL_PATH, OTHER_PAYEE, PAYEE, stepOf, typeOf } from './factories.ts'

const STEPS = CASES.flatMap(({ name, plan }) =>
  plan().steps.flatMap((step) => (step.kind === 'object' ? [{ name, step }] : [])),
)
const WRITTEN = STEPS.filter(({ step }) => step.write?.type === 'apply')
const CHANGED = WRITTEN.filter(({ step }) => step.before !== undefined)

test('default: the predicted price of every offer has exactly one key', () => {
  const offers = STEPS.filter(({ step }) => step.ref.kind === 'ServiceOffer' && step.after !== undefined)
  assert.ok(offers.length > 15)
  for (const { name, step } of offers) {
    const price = jsonAt(step.after, ['spec', 'payment', 'price'])
    assert.equal(isJsonObject(price) && Object.keys(price).length, 1, name)
  }
})

test('default: every field that will differ is named in the changes', () => {
  assert.ok(CHANGED.length > 10)
  for (const { name, step } of CHANGED) {
    const { before = {}, after = {} } = step
    const type = typeOf(after)
    const found = compareValues(type.schema, type.root, withoutManagedFields(before), withoutManagedFields(after))
    const paths = [...pathsOf(leavesOf(union(union(found.removed, found.modified), found.added)))].map(showPath)
    const named = step.changes.map((change) => change.path)
    assert.deepEqual([...paths].sort(), [...named].sort(), name)
  }
})

test('default: another owner loses nothing that is not named in changes, conflicts or transfers', () => {
  for (const { name, step } of CHANGED) {
    const named = [...step.changes, ...step.conflicts, ...step.transfers].map(({ path }) => path)
    for (const path of lostByOthers(step)) {
      assert.ok(
        named.some((other) => isAtOrBelow(path, other) || isAtOrBelow(other, path)),
        `${name}: ${path}`,
      )
    }
  }
})

function lostByOthers(step: ObjectStep): readonly string[] {
  const after = decodeManagedFields(step.after ?? {}) ?? new Map()
  const lost: string[] = []
  for (const [id, entry] of decodeManagedFields(step.before ?? {}) ?? []) {
    if (entry.manager === 'obol') continue
    const kept = new Set([...pathsOf(after.get(id)?.set ?? { members: new Set(), children: new Map() })].map(showPath))
    lost.push(...[...pathsOf(leavesOf(entry.set))].map(showPath).filter((path) => !kept.has(path)))
  }
  return lost
}

test('default: force is used only where a take was decided', () => {
  for (const { name, step } of WRITTEN) {
    const isTaken = step.conflicts.some((conflict) => conflict.decision === 'take')
    assert.equal(step.write?.type === 'apply' && step.write.force, isTaken && name !== 'other-workspace-taken', name)
  }
})

test('default: nothing is written while a conflict is undecided or an error stands', () => {
  for (const { name, step } of STEPS) {
    const isStopped =
      step.conflicts.some((conflict) => conflict.decision === undefined) ||
      step.diagnostics.some((diagnostic) => diagnostic.severity === 'error')
    if (isStopped) assert.equal(step.write, undefined, name)
  }
})

const VERDICTS: Readonly<Record<string, PlanVerdict>> = {
  unchanged: 'unchanged',
  'orphans-left': 'unchanged',
  'unused-decision': 'unchanged',
  'conflict-undecided': 'conflicts',
  'other-workspace': 'conflicts',
  'yield-of-a-price-refused': 'conflicts',
  'prune-ceiling': 'refused',
  'missing-crd': 'errors',
  terminating: 'errors',
  'backend-held-back': 'errors',
  'broken-managed-fields': 'errors',
}

test('behavior: the verdict on each case', () => {
  for (const { name, plan } of CASES) assert.equal(planVerdict(plan()), VERDICTS[name] ?? 'changes', name)
})

test('behavior: a price switch moves one path and nulls it out in the same apply', () => {
  for (const [name, owner] of [
    ['price-switch', 'kubectl-patch'],
    ['price-switch-shared', 'flux'],
    ['two-live-price-keys', 'kubectl-patch'],
    ['adoption', 'kubectl-client-side-apply'],
  ] as const) {
    const step = stepOf(caseOf(name), 'ServiceOffer')
    const path = 'spec.payment.price.perRequest'
    assert.deepEqual(
      step.transfers.map((transfer) => [transfer.path, transfer.from.map((from) => from.name)]),
      [[path, [owner]]],
      name,
    )
    assert.deepEqual(
      step.changes.filter(({ reason }) => reason === 'null-out').map((change) => change.path),
      [path],
    )
    assert.deepEqual(jsonAt(step.after, ['spec', 'payment', 'price']), { perMTok: '23' })
  }
})

test('behavior: take, yield and share end with the value they promise', () => {
  const payee = (name: string): unknown =>
    jsonAt(stepOf(caseOf(name), 'ServiceOffer').after, ['spec', 'payment', 'payTo'])
  assert.equal(payee('conflict-take'), PAYEE)
  assert.equal(payee('conflict-yield'), OTHER_PAYEE)
  assert.equal(payee('conflict-share'), OTHER_PAYEE)
})

test('behavior: the label of another workspace can only be taken', () => {
  const view = describePlan(caseOf('other-workspace'))
  const conflict = view.groups[0]?.rows[0]?.conflicts[0]
  assert.equal(conflict?.path, LABEL_PATH)
  assert.equal(conflict?.otherWorkspace, 'shop-2')
  assert.deepEqual(
    conflict?.edits.map(({ decision }) => decision),
    ['take'],
  )
  assert.deepEqual(describePlan(caseOf('other-workspace-taken')).groups[0]?.rows[0]?.adopts, { from: 'shop-2' })
})

test('behavior: what waits for a step that is held back is held back as well', () => {
  const rows = describePlan(caseOf('backend-held-back')).groups[0]?.rows ?? []
  assert.deepEqual(
    rows.map((row) => [row.kind, row.applies, row.blockedBy]),
    [
      ['Service', false, []],
      ['ServiceOffer', false, ['Service/llm/aeon']],
    ],
  )
})

test('behavior: a new CRD comes before a wait, and the wait before its resources', () => {
  const ids = caseOf('crd-in-the-plan').steps.map((step) => step.id)
  const crd = 'CustomResourceDefinition.apiextensions.k8s.io/serviceoffers.obol.org'
  assert.deepEqual(ids, [crd, `wait/${crd}`, 'ServiceOffer.obol.org/llm/aeon'])
})

test('behavior: prune deletes offers before their backends, with the uid that was read', () => {
  const steps = caseOf('prune').steps.flatMap((step) => (step.kind === 'object' && step.op === 'delete' ? [step] : []))
  assert.deepEqual(
    steps.map((step) => step.ref.kind),
    ['ServiceOffer', 'Endpoints', 'Service'],
  )
  for (const step of steps) assert.match(step.live?.uid ?? '', /^uid-old/)
})

test('error: each way to be held back has its code', () => {
  const codes = (name: string): readonly string[] => {
    const plan = caseOf(name)
    const said = plan.steps.flatMap((step) => (step.kind === 'object' ? step.diagnostics : []))
    return [...plan.diagnostics, ...said].map(({ code }) => code).sort()
  }
  assert.deepEqual(codes('missing-crd'), ['OBOL-P001'])
  assert.deepEqual(codes('terminating'), ['OBOL-P002', 'OBOL-P003'])
  assert.deepEqual(codes('backend-held-back'), ['OBOL-P006'])
  assert.deepEqual(codes('prune-ceiling'), ['OBOL-P008'])
  assert.deepEqual(codes('yield-of-a-price-refused'), ['OBOL-P009'])
  assert.deepEqual(codes('broken-managed-fields'), ['OBOL-P011'])
  assert.deepEqual(codes('unused-decision'), ['OBOL-P012'])
})
