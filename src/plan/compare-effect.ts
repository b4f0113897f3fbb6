import { PLAN_ERRORS } from '../errors/plan.ts'
import { canonicalJson, type JsonObject, type JsonValue } from '../util/json.ts'
import { ownerLabel } from './owners.ts'
import type { ChangeView, ConflictView, RowView } from './plan-view.ts'
import type { Diagnostic } from './types.ts'

/** True for a row that there is something to say of: it does or waits for something, is held back, or warns. */
export function saysSomething({ symbol, diagnostics }: RowView): boolean {
  return symbol !== '=' || diagnostics.some(({ severity }) => severity !== 'info')
}

/**
 * What a row comes to, as text: two rows about the same step with equal texts do the same. Neither who owned a field
 * before nor what it costs is a part of it: both rows are read from one observation. Pure.
 */
export function effectOf(row: RowView): string {
  const { op, applies, symbol, chain, identity, adopts } = row
  return canonicalJson({
    op,
    applies,
    symbol,
    ...(adopts === undefined ? {} : { adopts: adopts.from ?? '' }),
    changes: sorted(row.changes.map(changeKey)),
    transfers: sorted(row.transfers.map(({ path, from }) => canonicalJson([path, from.map(ownerLabel)]))),
    conflicts: sorted(row.conflicts.map(conflictKey)),
    diagnostics: sorted(row.diagnostics.filter(isOfFiles).map(({ code, field }) => `${code} ${field ?? ''}`)),
    ...(chain === undefined ? {} : { chain: chainEffect(chain) }),
    ...(identity === undefined ? {} : { identity: [identity.agentId ?? '', identity.before ?? '', identity.waits] }),
  })
}

/** The server is asked about the plan alone, never about its base. */
function isOfFiles({ code }: Diagnostic): boolean {
  return !OF_SERVER.has(code)
}

const { PREDICTION_DIFFERS, NOT_PREVIEWED, SERVER_REFUSES } = PLAN_ERRORS
const OF_SERVER: ReadonlySet<string> = new Set([PREDICTION_DIFFERS.code, NOT_PREVIEWED.code, SERVER_REFUSES.code])

/** Equal for two changes with the same effect on the same field. */
export function changeKey({ path, before, after, reason, reordered }: ChangeView): string {
  return canonicalJson([path, ...maybe(before), ...maybe(after), reason, reordered ?? ''])
}

/** Equal for two conflicts about the same, settled alike. */
export function conflictKey({ path, ours, theirs, owner, decision, undecided }: ConflictView): string {
  return canonicalJson([path, ...maybe(ours), ...maybe(theirs), ownerLabel(owner), decision ?? '', undecided])
}

function chainEffect({ state, call, owner, agentId }: NonNullable<RowView['chain']>): JsonObject {
  return { state, to: call?.to ?? '', data: call?.dataHash ?? '', owner: owner ?? '', agentId: agentId ?? '' }
}

/** A value that is not there is not null. */
function maybe(value: JsonValue | undefined): readonly JsonValue[] {
  return value === undefined ? [false] : [true, value]
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...texts].sort()
}
