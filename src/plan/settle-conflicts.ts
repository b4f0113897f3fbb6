import { applyPatch } from '../ssa/apply-patch.ts'
import type { Path } from '../ssa/path-element.ts'
import { type ApplyConflict, type ApplyOutcome, FIELD_MANAGER, type ObjectType } from '../ssa/types.ts'
import { valueAt, withValueAt } from '../ssa/value-at.ts'
import type { JsonObject } from '../util/json.ts'
import { isJsonObject } from '../util/json.ts'
import type { Decision } from './desired.ts'
import { showPath } from './field-path.ts'
import type { Conflict } from './types.ts'

export type Settled = {
  readonly manifest: JsonObject
  readonly force: boolean
  readonly conflicts: readonly Conflict[]
  /** Paths of the manifest that were given up; a closed subtree tolerates them. */
  readonly yielded: readonly Path[]
  /** What the server will make of it; absent while a conflict is undecided. */
  readonly outcome?: ApplyOutcome
}

/**
 * Applies the operator's decisions: `yield` drops our field, `share` adopts the other value, `take` forces. Force is
 * used only when nothing is left undecided, and the prediction is repeated until no conflict is left.
 */
export function settleConflicts(request: {
  readonly object: string
  readonly live: JsonObject
  readonly manifest: JsonObject
  readonly type: ObjectType
  readonly now: string
  readonly decide: (path: string) => Decision | undefined
}): Settled {
  const { live, type, now } = request
  const apply = (manifest: JsonObject, force: boolean): ApplyOutcome =>
    applyPatch({ live, patch: manifest, manager: FIELD_MANAGER, force, type, now })
  const first = apply(request.manifest, false)
  if (first.result !== 'conflict') {
    return { manifest: request.manifest, force: false, conflicts: [], yielded: [], outcome: first }
  }
  const conflicts = first.conflicts.map((conflict) => describe(request, conflict))
  if (conflicts.some((conflict) => conflict.decision === undefined)) {
    return { manifest: request.manifest, force: false, conflicts, yielded: [] }
  }
  let manifest = request.manifest
  const yielded: Path[] = []
  for (const [i, conflict] of first.conflicts.entries()) {
    const decision = conflicts[i]?.decision
    if (decision === 'yield') yielded.push(conflict.elements)
    if (decision === 'yield') manifest = withPath(manifest, conflict.elements, undefined)
    if (decision === 'share') manifest = withPath(manifest, conflict.elements, valueAt(live, conflict.elements))
  }
  const force = conflicts.some((conflict) => conflict.decision === 'take')
  return { manifest, force, conflicts, yielded, outcome: applyDecided(apply, manifest, force, first.conflicts) }
}

/** Yielding one path can never bring up a conflict that was not there: force stays within what was decided. */
function applyDecided(
  apply: (manifest: JsonObject, force: boolean) => ApplyOutcome,
  manifest: JsonObject,
  force: boolean,
  decided: readonly ApplyConflict[],
): ApplyOutcome {
  const again = apply(manifest, false)
  if (again.result !== 'conflict') return again
  const isKnown = (path: Path): boolean => decided.some((conflict) => showPath(conflict.elements) === showPath(path))
  return force && again.conflicts.every((conflict) => isKnown(conflict.elements)) ? apply(manifest, true) : again
}

function withPath(manifest: JsonObject, path: Path, value: Parameters<typeof withValueAt>[2]): JsonObject {
  const next = withValueAt(manifest, path, value)
  return isJsonObject(next) ? next : manifest
}

function describe(
  request: {
    readonly object: string
    readonly live: JsonObject
    readonly manifest: JsonObject
    readonly decide: (path: string) => Decision | undefined
  },
  conflict: ApplyConflict,
): Conflict {
  const path = showPath(conflict.elements)
  const decision = request.decide(path)
  return {
    object: request.object,
    path,
    ours: valueAt(request.manifest, conflict.elements),
    theirs: valueAt(request.live, conflict.elements),
    owner: {
      name: conflict.name,
      operation: conflict.operation,
      ...(conflict.subresource === undefined ? {} : { subresource: conflict.subresource }),
      ...(conflict.time === undefined ? {} : { time: conflict.time }),
    },
    ...(decision === undefined ? {} : { decision }),
  }
}
