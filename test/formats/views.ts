import { isDeepStrictEqual } from 'node:util'
import { describePlan } from '../../src/plan/describe-plan.ts'
import type { BaseView, ConflictView, GroupView, PlanView, RowView } from '../../src/plan/plan-view.ts'
import type { ReportView } from '../../src/plan/report-view.ts'
import type { Diagnostic, Plan } from '../../src/plan/types.ts'
import { caseOf } from '../plan/cases.ts'
import { chainCaseOf } from '../plan/chain-cases.ts'
import {
  changed,
  endpoints,
  LAST_YEAR,
  OTHER_PAYEE,
  ours,
  planOf,
  service,
  serviceOffer,
  wanted,
  withPayment,
} from '../plan/factories.ts'

/** Commit that the files of every example are of. */
const HEAD_COMMIT = 'abc1234def5678900987fedcba4321abc1234def'
const BASE_COMMIT = '0123456789abcdef0123456789abcdef01234567'

/** What a format is shown with in tests: one situation of a reviewer. */
export type Example = { readonly name: string; readonly report: ReportView }

/** Every situation that a format must be able to show; made anew by each call, with the same content. */
export function exampleReports(): readonly Example[] {
  return [
    example('create', caseOf('create-all')),
    example('price-switch', caseOf('price-switch')),
    { name: 'conflict', report: reportOf(located(describePlan(caseOf('conflict-undecided'), OPTIONS))) },
    example('conflict-settled', caseOf('conflict-yield')),
    example('other-workspace', caseOf('other-workspace')),
    example('prune', caseOf('prune')),
    example('prune-refused', caseOf('prune-ceiling')),
    example('orphans', caseOf('orphans-left')),
    example('registration', chainCaseOf('shared-identity')),
    example('two-chains', chainCaseOf('two-chains')),
    example('chain-unknown', chainCaseOf('unknown-chain')),
    example('secrets', caseOf('secrets')),
    example('long-text', caseOf('long-text')),
    example('unchanged', caseOf('unchanged')),
    { name: 'problems', report: { problems: PROBLEMS, commit: HEAD_COMMIT } },
    { name: 'base', report: reportOf(withBase(headPlan(), basePlan())) },
    { name: 'base-alike', report: reportOf(withBase(basePlan(), basePlan())) },
    example('mixed', mixedPlan()),
    example('many', manyPlan()),
  ]
}

/** The report of an example by its name. */
export function exampleReport(name: string): ReportView {
  const found = exampleReports().find((item) => item.name === name)
  if (found === undefined) throw new Error(`no example ${name}`)
  return found.report
}

const OPTIONS = { workspace: 'shop', seconds: 0.31 }

function example(name: string, plan: Plan): Example {
  return { name, report: reportOf(describePlan(plan, OPTIONS)) }
}

function reportOf(plan: PlanView): ReportView {
  return { plan, problems: [], commit: HEAD_COMMIT }
}

const PROBLEMS: readonly Diagnostic[] = [
  {
    severity: 'error',
    code: 'OBOL-O010',
    message: 'a mapping ends in the middle: a tab stands where blanks should',
    origin: { file: 'offers/draw.yaml', line: 7, column: 1 },
  },
  {
    severity: 'error',
    code: 'OBOL-O020',
    message: 'spec.payment.payto is not known; did you mean payTo?',
    object: 'ServiceOffer.obol.org/llm/aeon',
    field: 'spec.payment.payto',
    hint: 'obol validate',
    origin: { file: 'offers/aeon.yaml', line: 12, column: 5 },
  },
  { severity: 'error', code: 'OBOL-K001', message: 'no kubeconfig was found', hint: 'obol sandbox start' },
  {
    severity: 'warning',
    code: 'OBOL-O045',
    message: 'the cluster does not follow registrations on polygon',
    origin: { file: 'offers/aeon.yaml', line: 1, column: 1 },
  },
]

/** The live offer with another payee than ours, set by somebody's `kubectl edit`. */
function contested(name: string): ReturnType<typeof changed> {
  const live = ours(serviceOffer({ name }))
  const writer = { by: 'kubectl-edit', at: LAST_YEAR }
  return changed(live, (object) => withPayment(object, { payTo: OTHER_PAYEE }), writer)
}

function patched(): ReturnType<typeof changed> {
  const live = ours(serviceOffer({ price: { perRequest: '0.001' } }))
  return changed(live, (object) => withPayment(object, { price: { perRequest: '0.002' } }), { by: 'kubectl-patch' })
}

/** A conflict beside changes, a new offer, errors, warnings and what is left alone. */
function mixedPlan(): Plan {
  const bad = service('weather', 'default', [{ port: '8402', protocol: 'TCP' }])
  const objects = [
    wanted(service()),
    wanted(endpoints()),
    wanted(serviceOffer({ payment: { maxTimeoutSeconds: 600 } })),
    wanted(serviceOffer({ name: 'draw', payment: { maxTimeoutSeconds: 600 } }), { line: 3 }),
    wanted(serviceOffer({ name: 'hello', namespace: 'shop', price: { perRequest: '0.01' } })),
    wanted(bad),
    wanted(serviceOffer({ name: 'weather', namespace: 'default' })),
  ]
  const live = [ours(endpoints()), patched(), contested('draw'), ours(serviceOffer({ name: 'old' }))]
  return planOf(objects, { live, namespaces: { shop: 'absent' } })
}

/** 500 offers: most are new, some change their price, some are as they should be, two are contested. */
function manyPlan(): Plan {
  const names = Array.from({ length: 500 }, (_, i) => `offer-${String(i).padStart(3, '0')}`)
  const live = names.flatMap((name, i) => {
    if (i % 250 === 7) return [contested(name)]
    if (i % 10 === 0) return [ours(serviceOffer({ name }))]
    return i % 10 === 1 ? [ours(serviceOffer({ name, price: { perRequest: '0.002' } }))] : []
  })
  return planOf(
    names.map((name) => wanted(serviceOffer({ name }))),
    { live },
  )
}

function basePlan(): PlanView {
  const objects = [
    wanted(service()),
    wanted(endpoints()),
    wanted(serviceOffer()),
    wanted(serviceOffer({ name: 'bye', namespace: 'shop', price: { perRequest: '0.01' } })),
  ]
  return describePlan(planOf(objects, { live: [ours(endpoints()), patched()] }), OPTIONS)
}

/** Beyond `basePlan`: another price, a longer timeout, a new offer, a contested one, and one that is gone. */
function headPlan(): PlanView {
  const objects = [
    wanted(service()),
    wanted(endpoints()),
    wanted(serviceOffer({ price: { perMTok: '25' }, payment: { maxTimeoutSeconds: 600 } })),
    wanted(serviceOffer({ name: 'hello', price: { perRequest: '0.01' } })),
    wanted(serviceOffer({ name: 'draw' })),
  ]
  return describePlan(planOf(objects, { live: [ours(endpoints()), patched(), contested('draw')] }), OPTIONS)
}

/** The head as compared with a base: enough of a comparison for examples. */
function withBase(head: PlanView, base: PlanView): PlanView {
  const before = new Map(rowsOf(base).map((row) => [row.id, row]))
  const after = new Set(rowsOf(head).map(({ id }) => id))
  const groups = head.groups.map((group) => ({
    ...group,
    rows: group.rows.map((row) => reviewed(row, before.get(row.id))),
  }))
  const withdrawn = rowsOf(base).filter(({ id }) => !after.has(id))
  const count = (review: RowView['review']): number =>
    groups.flatMap(({ rows }) => rows).filter((row) => row.review === review).length
  const resolved: readonly Diagnostic[] =
    withdrawn.length === 0
      ? []
      : [{ severity: 'warning', code: 'OBOL-O045', message: 'the cluster does not follow registrations on polygon' }]
  const view: BaseView = {
    ref: 'origin/main',
    commit: BASE_COMMIT,
    withdrawn,
    resolved,
    counts: { new: count('new'), changed: count('changed'), same: count('same'), withdrawn: withdrawn.length },
  }
  return located({ ...head, groups, base: view })
}

function rowsOf(view: PlanView): readonly RowView[] {
  return view.groups.flatMap((group: GroupView) => group.rows)
}

function reviewed(row: RowView, base: RowView | undefined): RowView {
  if (base === undefined) return { ...row, review: 'new' }
  if (isDeepStrictEqual(row, base)) return { ...row, review: 'same' }
  const changes = row.changes.map((change) => {
    return base.changes.some((other) => isDeepStrictEqual(other, change))
      ? { ...change, inBase: true as const }
      : change
  })
  return { ...row, changes, review: 'changed' }
}

/** With the places of contested fields, as a workspace's files give them. */
function located(view: PlanView): PlanView {
  const place = (conflict: ConflictView, { origin }: RowView): ConflictView =>
    origin === undefined ? conflict : { ...conflict, origin: { ...origin, line: origin.line + 8, column: 5 } }
  const groups = view.groups.map((group) => ({
    ...group,
    rows: group.rows.map((row) => ({ ...row, conflicts: row.conflicts.map((conflict) => place(conflict, row)) })),
  }))
  return { ...view, groups }
}
