import type { ChainStep } from '../plan/chain.ts'
import type { Observed } from '../plan/observed.ts'
import { ownerOf, ownersOf } from '../plan/owners.ts'
import { parsePath } from '../plan/parse-path.ts'
import type { PlanView, RowView } from '../plan/plan-view.ts'
import type { ObjectStep, Owner, Plan } from '../plan/types.ts'
import { decodeManagedFields } from '../ssa/managed-fields.ts'
import { canonicalJson, type JsonObject, type JsonValue, jsonEquals } from '../util/json.ts'
import type { SecretKey } from './digest.ts'
import { asJson, savedChains, savedObject } from './save-plan.ts'
import type { SavedChain, SavedChainStep, SavedObject, SavedPlan, SavedRow } from './types.ts'
import { encodeRow } from './view-codec.ts'

/** One field that is not what it was. A missing value means that the field is not there. */
export type MovedField = {
  readonly path: string
  readonly before?: JsonValue
  readonly now?: JsonValue
  /** Who owns it now, ourselves left out; several where they share it. */
  readonly owners: readonly Owner[]
}

/** Something that a saved plan relies on and that has changed since. */
export type Staleness =
  | { readonly type: 'other-cluster' }
  | { readonly type: 'input-changed' | 'input-added' | 'input-removed'; readonly file: string }
  | { readonly type: 'object-appeared'; readonly object: string; readonly by: readonly Owner[] }
  | { readonly type: 'object-gone' | 'object-recreated'; readonly object: string }
  | { readonly type: 'object-moved'; readonly object: string; readonly fields: readonly MovedField[] }
  /** Written, and yet the plan would do the same. */
  | { readonly type: 'object-moved-unrelated'; readonly object: string; readonly by: readonly Owner[] }
  | { readonly type: 'schema-changed'; readonly kind: string }
  /** The object is as it was, but what would be done is not: the address of the host, a tunnel, another version of obol. */
  | { readonly type: 'step-changed' | 'step-added' | 'step-removed'; readonly step: string }
  | { readonly type: 'registry-code'; readonly network: string }
  | { readonly type: 'chain-nonce'; readonly network: string; readonly before: number; readonly now: number }
  | { readonly type: 'chain-reorganised'; readonly network: string; readonly block: string }
  | { readonly type: 'chain-changed'; readonly network: string; readonly step: string; readonly what: string }
  | { readonly type: 'fee-rose'; readonly network: string; readonly step: string; readonly high: string }

/** What a new look found: the plan made anew with the saved options, from the same files. */
export type NewLook = {
  readonly plan: Plan
  readonly observed: Observed
  /** As it is shown without `all` and without a base. */
  readonly view: PlanView
  readonly key: SecretKey
  /** Networks whose recorded block is not on the chain any more. */
  readonly reorganised: ReadonlySet<string>
}

/** Everything that has changed since the plan was saved; empty: an apply does what was shown. Pure. */
export function compareSaved(saved: SavedPlan, now: NewLook): readonly Staleness[] {
  const { plan } = now
  if (isOtherCluster(saved, plan)) return [{ type: 'other-cluster' }]
  const rows = new Rows(saved, now.view)
  const steps = new Map(plan.steps.flatMap((step) => (step.kind === 'object' ? [[step.id, step] as const] : [])))
  const objects = saved.objects.flatMap((object) => compareObject(object, steps.get(object.id), rows, now))
  const known = new Set(saved.objects.map(({ id }) => id))
  const added = [...steps.keys()].filter((id) => !known.has(id))
  return [
    ...schemaChanges(saved, steps, now),
    ...objects,
    ...added.map((step) => ({ type: 'step-added' as const, step })),
    ...compareChains(saved, now),
    ...otherSteps(rows, new Set([...known, ...added])),
  ]
}

function isOtherCluster({ cluster }: SavedPlan, plan: Plan): boolean {
  const { uid, fingerprint } = plan.cluster
  if (cluster.uid !== undefined && uid !== undefined) return cluster.uid !== uid
  return cluster.fingerprint !== fingerprint
}

/** The rows of both views by the id of their step. */
class Rows {
  readonly saved: ReadonlyMap<string, SavedRow>
  readonly now: ReadonlyMap<string, SavedRow>

  constructor({ view }: SavedPlan, now: PlanView) {
    const savedRows = view.groups.flatMap(({ rows }) => rows)
    const rowsNow = now.groups.flatMap(({ rows }: { readonly rows: readonly RowView[] }) => rows.map(encodeRow))
    this.saved = new Map(savedRows.map((row) => [row.id, row]))
    this.now = new Map(rowsNow.map((row) => [row.id, row]))
  }
}

function schemaChanges(
  { objects }: SavedPlan,
  steps: ReadonlyMap<string, ObjectStep>,
  { observed }: NewLook,
): readonly Staleness[] {
  const changed = objects.filter(({ id, kind, schemaHash }) => {
    return steps.has(id) && observed.kinds.get(kind)?.schemaHash !== schemaHash
  })
  return [...new Set(changed.map(({ kind }) => kind))].sort().map((kind) => ({ type: 'schema-changed', kind }))
}

function compareObject(
  saved: SavedObject,
  step: ObjectStep | undefined,
  rows: Rows,
  look: NewLook,
): readonly Staleness[] {
  const { id: object, live } = saved
  if (step === undefined) return [{ type: 'step-removed', step: object }]
  const stored = look.observed.objects.get(object)
  if (live === undefined) {
    if (step.live !== undefined) return [{ type: 'object-appeared', object, by: newestWriters(stored) }]
    return sameRow(object, rows) && sameContent(saved, step, look) ? [] : [{ type: 'step-changed', step: object }]
  }
  if (step.live === undefined) return [{ type: 'object-gone', object }]
  if (step.live.uid !== live.uid) return [{ type: 'object-recreated', object }]
  const isSame = sameRow(object, rows) && sameContent(saved, step, look)
  if (step.live.resourceVersion === live.resourceVersion) {
    return isSame ? [] : [{ type: 'step-changed', step: object }]
  }
  if (isSame) return [{ type: 'object-moved-unrelated', object, by: newestWriters(stored) }]
  return [{ type: 'object-moved', object, fields: movedFields(object, rows, stored) }]
}

/** What a step does; where it stands in a file, and what it is called, plays no part. */
function essence(row: SavedRow | undefined): JsonObject {
  // Neither view shows what does nothing.
  if (row === undefined) return { op: 'noop' }
  const { op, applies, adopts, changes, defaults, transfers, conflicts, diagnostics, blockedBy, identity } = row
  return asJson({
    op,
    applies,
    adopts,
    defaults,
    blockedBy,
    identity,
    changes: changes.map(({ path, before, after, reason, owners }) => ({
      path,
      before,
      after,
      reason,
      owners: named(owners),
    })),
    transfers: transfers.map(({ path, from }) => ({ path, from: named(from) })),
    conflicts: conflicts.map(({ path, ours, theirs, owner, decision }) => {
      return { path, ours, theirs, decision, owner: named([owner]) }
    }),
    diagnostics: diagnostics.map(({ severity, code, field }) => ({ severity, code, field })),
  })
}

/** The time of an owner moves with each of its writes, whatever it wrote. */
function named(owners: readonly Owner[]): readonly string[] {
  return owners.map(({ name, operation, subresource = '' }) => `${name}/${operation}/${subresource}`)
}

function sameRow(id: string, { saved, now }: Rows): boolean {
  return canonicalJson(essence(saved.get(id))) === canonicalJson(essence(now.get(id)))
}

/** What a view does not tell: all of a new object, and secrets. */
function sameContent(saved: SavedObject, step: ObjectStep, { observed, key }: NewLook): boolean {
  const { secrets = {}, manifest } = savedObject(step, observed, key)
  return jsonEquals(saved.secrets ?? {}, secrets) && saved.manifest === manifest
}

/** Fields of which the plan said something else than it would now. */
function movedFields(id: string, { saved, now }: Rows, stored: JsonObject | undefined): readonly MovedField[] {
  const [before, after] = [valuesOf(saved.get(id)), valuesOf(now.get(id))]
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort()
  return paths.flatMap((path) => {
    const was = before.get(path)
    const is = after.get(path)
    if (canonicalJson(asJson({ was })) === canonicalJson(asJson({ was: is }))) return []
    // A field that the plan did not change was as it is wanted, and one that it would not change now is so.
    const old = was === undefined ? is?.wanted : was.stored
    const current = is === undefined ? was?.wanted : is.stored
    return [
      {
        path,
        ...(old === undefined ? {} : { before: old }),
        ...(current === undefined ? {} : { now: current }),
        owners: othersOf(path, stored),
      },
    ]
  })
}

type Values = { readonly stored?: JsonValue; readonly wanted?: JsonValue; readonly owners: readonly string[] }

function valuesOf(row: SavedRow | undefined): ReadonlyMap<string, Values> {
  const values = new Map<string, Values>()
  for (const { path, from } of row?.transfers ?? []) values.set(path, { owners: named(from) })
  for (const { path, before, after, owners } of row?.changes ?? []) {
    const known = values.get(path)?.owners ?? []
    values.set(path, {
      ...(before === undefined ? {} : { stored: before }),
      ...(after === undefined ? {} : { wanted: after }),
      owners: [...known, ...named(owners)],
    })
  }
  for (const { path, ours, theirs, owner } of row?.conflicts ?? []) {
    values.set(path, {
      ...(theirs === undefined ? {} : { stored: theirs }),
      ...(ours === undefined ? {} : { wanted: ours }),
      owners: named([owner]),
    })
  }
  return values
}

function othersOf(path: string, stored: JsonObject | undefined): readonly Owner[] {
  const entries = stored === undefined ? undefined : decodeManagedFields(stored)
  const parsed = parsePath(path)
  if (entries === undefined || parsed === undefined) return []
  return ownersOf(entries, parsed).filter(({ name, operation }) => name !== 'obol' || operation !== 'Apply')
}

/** Who wrote an object last, by its managedFields. */
function newestWriters(stored: JsonObject | undefined): readonly Owner[] {
  const owners = [...((stored === undefined ? undefined : decodeManagedFields(stored))?.values() ?? [])].map(ownerOf)
  const newest = owners.reduce((latest, { time = '' }) => (time > latest ? time : latest), '')
  return owners.filter(({ time = '' }) => time === newest)
}

function compareChains(saved: SavedPlan, look: NewLook): readonly Staleness[] {
  const now = new Map(savedChains(look.plan).map((chain) => [chain.network, chain]))
  const steps = new Map(look.plan.steps.flatMap((step) => (step.kind === 'register' ? [[step.id, step] as const] : [])))
  const networks = new Set(saved.chains.map(({ network }) => network))
  const added = [...now.values()].filter(({ network }) => !networks.has(network))
  return [
    ...saved.chains.flatMap((chain) => compareChain(chain, now.get(chain.network), steps, look)),
    ...added.flatMap((chain) => chain.steps.map(({ id }) => ({ type: 'step-added' as const, step: id }))),
  ]
}

function compareChain(
  saved: SavedChain,
  now: SavedChain | undefined,
  steps: ReadonlyMap<string, ChainStep>,
  { reorganised }: NewLook,
): readonly Staleness[] {
  const { network, seen } = saved
  if (now === undefined) return saved.steps.map(({ id }) => ({ type: 'step-removed', step: id }))
  const found: Staleness[] = []
  if (seen !== undefined && now.seen !== undefined) {
    if (seen.codeHash !== now.seen.codeHash) found.push({ type: 'registry-code', network })
    if (seen.nonce !== now.seen.nonce) {
      found.push({ type: 'chain-nonce', network, before: seen.nonce, now: now.seen.nonce })
    }
    if (reorganised.has(network)) found.push({ type: 'chain-reorganised', network, block: seen.block })
  }
  const before = new Map(saved.steps.map((step) => [step.id, step]))
  for (const step of now.steps) {
    const was = before.get(step.id)
    if (was === undefined) found.push({ type: 'step-added', step: step.id })
    else found.push(...compareChainStep(network, was, step, steps.get(step.id)))
  }
  const kept = new Set(now.steps.map(({ id }) => id))
  return [
    ...found,
    ...saved.steps.flatMap(({ id }) => (kept.has(id) ? [] : [{ type: 'step-removed' as const, step: id }])),
  ]
}

function compareChainStep(
  network: string,
  was: SavedChainStep,
  is: SavedChainStep,
  step: ChainStep | undefined,
): readonly Staleness[] {
  const { id } = was
  for (const what of ['op', 'state', 'dataHash'] as const) {
    if (was[what] !== is[what]) return [{ type: 'chain-changed', network, step: id, what }]
  }
  const fee = step?.fee
  if (fee === undefined || was.ceiling === undefined || was.gasLimit === undefined || was.high === undefined) return []
  const isDearer = fee.maxFeePerGas > BigInt(was.ceiling) || fee.gasLimit > BigInt(was.gasLimit)
  return isDearer ? [{ type: 'fee-rose', network, step: id, high: was.high }] : []
}

/** Waits, and what is written to the cluster once a registration is final. */
function otherSteps(rows: Rows, known: ReadonlySet<string>): readonly Staleness[] {
  const ids = new Set([...rows.saved, ...rows.now].filter(([, { type }]) => type !== 'register').map(([id]) => id))
  return [...ids].filter((id) => !known.has(id) && !sameRow(id, rows)).map((step) => ({ type: 'step-changed', step }))
}
