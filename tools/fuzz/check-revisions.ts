import { metadataOf, metadataString } from '../../src/kube/ref.ts'
import type { ObjectStep } from '../../src/plan/types.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { isJsonObject, jsonAt, jsonEquals } from '../../src/util/json.ts'
import { isNamed, lostOrChanged } from './check-plan.ts'
import type { Failure } from './failure.ts'
import type { Revision } from './revision-log.ts'

/** A request of ours that the server stored. */
export type OwnWrite = { readonly type: 'transfer' | 'apply'; readonly resourceVersion: string }

/**
 * What must hold of each stored revision that is ours: exactly one price key, unless it moved ownership only; and of the
 * revision before it nothing is changed that the step did not name.
 */
export function checkRevisions(
  revisions: readonly Revision[],
  writes: readonly OwnWrite[],
  step: ObjectStep,
): readonly Failure[] {
  return writes.flatMap((write) => {
    const at = revisions.findIndex(({ object }) => metadataString(object, 'resourceVersion') === write.resourceVersion)
    const own = revisions[at]
    if (own === undefined) return [{ check: 'revision-missing', detail: `${step.id} at ${write.resourceVersion}` }]
    const previous = own.type === 'added' ? undefined : revisions[at - 1]?.object
    return write.type === 'transfer'
      ? checkTransfer(step, previous, own.object)
      : checkApply(step, previous, own.object)
  })
}

function checkTransfer(step: ObjectStep, previous: JsonObject | undefined, own: JsonObject): readonly Failure[] {
  if (previous === undefined) return [{ check: 'transfer-created', detail: step.id }]
  const changed = lostOrChanged(previous, own)
  const isSame = jsonEquals(previous['spec'], own['spec']) && generation(previous) === generation(own)
  return isSame && changed.length === 0
    ? []
    : [{ check: 'transfer-changed', detail: `${step.id} ${changed.join(', ')}` }]
}

function checkApply(step: ObjectStep, previous: JsonObject | undefined, own: JsonObject): readonly Failure[] {
  const failures: Failure[] = []
  const price = jsonAt(own, ['spec', 'payment', 'price'])
  const keys = isJsonObject(price) ? Object.keys(price) : []
  if (keys.length !== 1) failures.push({ check: 'price-keys', detail: `${step.id} stored [${keys.join(', ')}]` })
  if (previous === undefined) return failures
  for (const path of lostOrChanged(previous, own)) {
    if (!isNamed(step, path)) failures.push({ check: 'revision-unnamed', detail: `${step.id} ${path}` })
  }
  return failures
}

function generation(object: JsonObject): unknown {
  return metadataOf(object)['generation']
}
