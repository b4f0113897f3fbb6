import { APPLY_ERRORS } from '../errors/apply.ts'
import { metadataString } from '../kube/ref.ts'
import { compareStored } from '../plan/compare-stored.ts'
import { showValue } from '../plan/field-path.ts'
import { isSameEffect } from '../plan/same-effect.ts'
import type { ObjectStep } from '../plan/types.ts'
import type { JsonObject } from '../util/json.ts'
import type { ApplyPorts } from './ports.ts'
import { failed, type StepResult } from './results.ts'
import { resourceOf, type Version } from './wire.ts'

/** What a newer reading of the object means for the step that was shown. */
export type Replanned =
  /** Somebody changed the object, and yet the step would do the same. */
  | { readonly next: 'go-on'; readonly step: ObjectStep }
  /** What was wanted is so already; `live` is absent when the object is gone. */
  | { readonly next: 'settled'; readonly live?: Version }
  /** The step would do something else than was shown. */
  | { readonly next: 'stop'; readonly result: StepResult }

/** Reads the object again and plans its step again. SIDE EFFECTS: one GET. */
export async function replanStep(shown: ObjectStep, ports: ApplyPorts): Promise<Replanned> {
  const live = await ports.cluster.get(resourceOf(shown), shown.ref.name)
  if (shown.op === 'delete') return replanDelete(shown, live)
  const anew = ports.planAgain(shown.id, live)
  if (anew === undefined) return replanNamespace(shown, live)
  if (anew.op === 'noop') return { next: 'settled', ...(live === undefined ? {} : { live: versionOf(live) }) }
  if (isSameEffect(shown, anew)) return { next: 'go-on', step: anew }
  if (live === undefined) return { next: 'stop', result: failed(shown, APPLY_ERRORS.GONE) }
  return { next: 'stop', result: failed(shown, APPLY_ERRORS.OBJECT_MOVED, { message: whatMoved(shown, anew) }) }
}

function replanDelete(shown: ObjectStep, live: JsonObject | undefined): Replanned {
  if (live === undefined || versionOf(live).uid !== shown.live?.uid) return { next: 'settled' }
  // Only status or ownership may have moved; anything else was somebody's edit of an object they still want.
  const isEdited = compareStored(shown.before ?? {}, live).some(({ path }) => !/^(status|owners)\b/.test(path))
  if (isEdited) return { next: 'stop', result: failed(shown, APPLY_ERRORS.OBJECT_MOVED) }
  return { next: 'go-on', step: { ...shown, live: versionOf(live) } }
}

/** A namespace that the plan makes only to put objects into it: whoever made it, it is there. */
function replanNamespace(shown: ObjectStep, live: JsonObject | undefined): Replanned {
  if (live === undefined) return { next: 'go-on', step: shown }
  const isUsable = metadataString(live, 'deletionTimestamp') === undefined
  if (shown.ref.kind === 'Namespace' && isUsable) return { next: 'settled', live: versionOf(live) }
  return { next: 'stop', result: failed(shown, APPLY_ERRORS.OBJECT_MOVED) }
}

function versionOf(live: JsonObject): Version {
  return { uid: metadataString(live, 'uid') ?? '', resourceVersion: metadataString(live, 'resourceVersion') ?? '' }
}

function whatMoved(shown: ObjectStep, anew: ObjectStep): string {
  const before = new Map(shown.changes.map((change) => [change.path, change]))
  const moved = anew.changes.find((change) => showValue(before.get(change.path)?.before) !== showValue(change.before))
  const conflict = anew.conflicts.find(({ decision }) => decision === undefined)
  const path = moved?.path ?? conflict?.path
  return path === undefined ? APPLY_ERRORS.OBJECT_MOVED.title : `${path} was changed after the plan`
}
