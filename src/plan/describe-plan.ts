import { type ObjectRef, objectId } from '../kube/ref.ts'
import { decodeManagedFields } from '../ssa/managed-fields.ts'
import { FIELD_MANAGER } from '../ssa/types.ts'
import { maskText } from '../util/mask.ts'
import { shellWord } from '../util/shell-word.ts'
import { describeChain, describeIdentity } from './describe-chain.ts'
import { describeChanges } from './describe-changes.ts'
import { describeConflict, objectLabel, WORKSPACE_LABEL_PATH } from './describe-conflict.ts'
import type { DesiredOffer, Origin } from './desired.ts'
import { heldBack } from './held-back.ts'
import { maskObject } from './mask-object.ts'
import { objectFacts } from './object-facts.ts'
import { ownerLabel, ownerOf } from './owners.ts'
import type { ChangeView, ConflictView, GroupView, ObjectView, PlanView, RowSymbol, RowView } from './plan-view.ts'
import { summarise } from './summarise.ts'
import type { Diagnostic, ObjectStep, Plan, PlanStep, WaitStep } from './types.ts'

export type DescribeOptions = {
  /** Unchanged objects, defaults and every field of new objects as well. */
  readonly all?: boolean
  /** The workspace's folder as people write it; default: its id. */
  readonly workspace?: string
  /** How long reading and planning took. */
  readonly seconds?: number
  /** The plan is from a snapshot. */
  readonly source?: 'snapshot'
  /** Where the offer's file says a field, by its path as it is shown; undefined where it does not. */
  readonly locate?: (step: ObjectStep, path: string) => Origin | undefined
}

/** What there is to read of a plan: masked, grouped by offer, with a summary. Renderers read nothing else. Pure. */
export function describePlan(plan: Plan, options: DescribeOptions = {}): PlanView {
  const all = options.all === true
  const held = heldBack(plan.steps, plan.diagnostics)
  const rows = plan.steps.map((step) => describeStep(step, { held, all, locate: options.locate }))
  const shown = rows.filter((row) => all || row.symbol !== '=' || isRemarkable(row))
  return {
    header: {
      workspace: options.workspace ?? plan.workspaceId,
      workspaceId: plan.workspaceId,
      context: plan.cluster.context,
      server: maskText(plan.cluster.server),
      version: plan.cluster.version,
      requests: plan.requests,
      readAt: plan.readAt,
      ...(options.seconds === undefined ? {} : { seconds: options.seconds }),
      ...(options.source === undefined ? {} : { source: options.source }),
    },
    groups: groupsOf(plan.offers, shown),
    diagnostics: plan.diagnostics.map(maskDiagnostic),
    orphans: plan.orphans.map(objectView),
    summary: summarise(rows, plan.diagnostics, plan.orphans.length),
  }
}

/** A note about an identity that is settled would stand in every plan from then on. */
function isRemarkable({ type, diagnostics }: RowView): boolean {
  return diagnostics.some(({ severity }) => severity !== 'info' || type === 'object')
}

function groupsOf(offers: readonly DesiredOffer[], rows: readonly RowView[]): readonly GroupView[] {
  const byOffer = new Map<string, RowView[]>(offers.map((offer) => [offerId(offer), []]))
  const identities = new Map<string, IdentityGroup>()
  const others: RowView[] = []
  for (const row of rows) (byOffer.get(row.offer ?? '') ?? identityGroup(row, identities) ?? others).push(row)
  const groups = offers.map((offer) => ({
    title: offerId(offer),
    subtitle: maskText(`${offer.type} · ${offer.network} · ${offer.price}`),
    rows: byOffer.get(offerId(offer)) ?? [],
  }))
  const shared = [...identities].map(([network, { offers, rows: ofNetwork }]) => ({
    title: `identity on ${network}`,
    subtitle: maskText(`wanted by ${offers.join(', ')}`),
    rows: ofNetwork,
  }))
  const { ended, rest } = endedOffers(others)
  const last = { title: 'other objects', subtitle: '', rows: rest }
  return [...groups, ...shared, ...ended, last].filter((group) => group.rows.length > 0)
}

/** Offers that are deleted, each with the deleted objects of its name: what is lost should be read by name. */
function endedOffers(rows: readonly RowView[]): {
  readonly ended: readonly GroupView[]
  readonly rest: readonly RowView[]
} {
  const nameOf = ({ namespace, name }: RowView): string => `${namespace}/${name}`
  const deleted = rows.filter(({ op }) => op === 'delete')
  const names = deleted.filter(({ kind }) => kind === 'ServiceOffer').map(nameOf)
  const ended = names.map((title) => ({
    title,
    subtitle: 'no longer for sale',
    rows: deleted.filter((row) => nameOf(row) === title),
  }))
  const taken = new Set(ended.flatMap((group) => group.rows))
  return { ended, rest: rows.filter((row) => !taken.has(row)) }
}

type IdentityGroup = { readonly offers: readonly string[]; readonly rows: RowView[] }

/** Where the rows of an identity stand that several offers want; undefined for rows of objects. */
function identityGroup(row: RowView, groups: Map<string, IdentityGroup>): RowView[] | undefined {
  const about = row.chain ?? row.identity
  if (about === undefined) return undefined
  const group = groups.get(about.network) ?? { offers: about.offers, rows: [] }
  groups.set(about.network, group)
  return group.rows
}

function offerId(offer: DesiredOffer): string {
  return `${offer.namespace}/${offer.name}`
}

export function objectView(ref: ObjectRef): ObjectView {
  const { apiVersion, kind, namespace, name } = ref
  const scope = namespace === undefined ? {} : { namespace }
  return { id: objectId(ref), apiVersion, kind, ...scope, name, label: objectLabel(ref) }
}

type How = {
  readonly held: ReadonlyMap<string, readonly string[]>
  readonly all: boolean
  readonly locate: DescribeOptions['locate']
}

function describeStep(step: PlanStep, how: How): RowView {
  const { held } = how
  switch (step.kind) {
    case 'object':
      return describeObject(step, how)
    case 'wait':
      return describeWait(step, held)
    case 'register':
      return describeChain(step, held)
    case 'identity':
      return describeIdentity(step, held)
  }
}

function describeWait(step: WaitStep, held: ReadonlyMap<string, readonly string[]>): RowView {
  return {
    ...objectView(step.ref),
    id: step.id,
    type: 'wait',
    symbol: '·',
    op: 'wait',
    applies: !held.has(step.id),
    text: `waits until ${step.until}`,
    dependsOn: step.dependsOn,
    blockedBy: held.get(step.id) ?? [],
    changes: [],
    defaults: 0,
    transfers: [],
    conflicts: [],
    diagnostics: [],
  }
}

function describeObject(step: ObjectStep, { held, all, locate }: How): RowView {
  const label = step.changes.find((change) => change.path === WORKSPACE_LABEL_PATH)
  const adopts = step.op !== 'adopt' ? {} : { adopts: typeof label?.before === 'string' ? { from: label.before } : {} }
  const { changes, defaults } = describeChanges(step, all)
  const row: Omit<RowView, 'text'> = {
    ...objectView(step.ref),
    type: 'object',
    symbol: symbolOf(step, held.has(step.id)),
    op: step.op,
    applies: step.op !== 'noop' && !held.has(step.id),
    ...(step.offer === undefined ? {} : { offer: step.offer }),
    ...(step.origin === undefined ? {} : { origin: step.origin }),
    dependsOn: step.dependsOn,
    blockedBy: held.get(step.id) ?? [],
    ...adopts,
    changes: located(step, changes, locate),
    defaults,
    transfers: step.transfers,
    conflicts: located(
      step,
      step.conflicts.map((conflict) => describeConflict(step, conflict)),
      locate,
    ),
    diagnostics: step.diagnostics.map((diagnostic) => maskDiagnostic(addressed(diagnostic, step))),
  }
  return { ...row, text: textOf(row, step) }
}

/** What goes is not in the file any more; an index of it would lead to another item. */
function located<T extends ChangeView | ConflictView>(
  step: ObjectStep,
  items: readonly T[],
  locate: DescribeOptions['locate'],
): readonly T[] {
  if (locate === undefined) return items
  return items.map((item) => {
    const isGone = 'reason' in item && item.after === undefined
    const origin = isGone ? undefined : locate(step, item.path)
    return origin === undefined ? item : { ...item, origin }
  })
}

function symbolOf(step: ObjectStep, isHeld: boolean): RowSymbol {
  if (isHeld) return '!'
  switch (step.op) {
    case 'create':
      return '+'
    case 'update':
    case 'adopt':
      return '~'
    case 'delete':
      return '-'
    case 'noop':
      return '='
  }
}

function textOf(row: Omit<RowView, 'text'>, step: ObjectStep): string {
  if (row.blockedBy.length > 0) return `waits for ${row.blockedBy.join(', ')}, which is held back`
  if (row.conflicts.some((conflict) => conflict.undecided)) return 'held back until the conflict is decided'
  if (step.diagnostics.some((diagnostic) => diagnostic.severity === 'error')) return 'held back'
  switch (step.op) {
    case 'create':
      return step.after === undefined ? '' : maskText(objectFacts(maskObject(step.after)).join(' · '))
    case 'update':
      return ''
    case 'adopt':
      return row.adopts?.from === undefined ? adoptedFrom(step) : `adopts it from workspace ${row.adopts.from}`
    case 'delete':
      return 'no longer in the workspace'
    case 'noop':
      return 'unchanged'
  }
}

/** Who wrote the object, as far as its managedFields tell. */
function adoptedFrom(step: ObjectStep): string {
  const entries = step.before === undefined ? undefined : decodeManagedFields(step.before)
  const writers = [...(entries?.values() ?? [])]
    .filter((entry) => entry.subresource === undefined && entry.manager !== FIELD_MANAGER)
    .map((entry) => ownerLabel(ownerOf(entry)))
  return writers.length === 0 ? 'adopts it' : `adopts what ${[...new Set(writers)].join(', ')} wrote`
}

/** With the file and the object put in, so that a hint can be run as it stands. */
function addressed(diagnostic: Diagnostic, step: ObjectStep): Diagnostic {
  const { hint, field } = diagnostic
  const origin = diagnostic.origin ?? step.origin
  const path = field === undefined ? objectLabel(step.ref) : `${objectLabel(step.ref)}:${field}`
  return {
    ...diagnostic,
    ...(hint === undefined ? {} : { hint: hint.replace(/\bPATH\b/, shellWord(path)) }),
    ...(origin === undefined || diagnostic.severity !== 'error' ? {} : { origin }),
  }
}

function maskDiagnostic(diagnostic: Diagnostic): Diagnostic {
  return { ...diagnostic, message: maskText(diagnostic.message) }
}
