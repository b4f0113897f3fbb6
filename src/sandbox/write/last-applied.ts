import { metadataOf } from '../../kube/ref.ts'
import { applyPatch } from '../../ssa/apply-patch.ts'
import { compareValues } from '../../ssa/compare-values.ts'
import { difference, hasPath } from '../../ssa/field-set.ts'
import { toFieldSet } from '../../ssa/to-field-set.ts'
import type { ApplyConflict, ApplyOutcome, ApplyRequest, ObjectType } from '../../ssa/types.ts'
import { validateTyped } from '../../ssa/validate-typed.ts'
import type { JsonObject } from '../../util/json.ts'
import { isJsonObject } from '../../util/json.ts'
import { fieldsOf } from '../fields.ts'
import { withMetadata } from './metadata.ts'

const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration'
const MANAGER = 'kubectl'
const MAX_BYTES = 256 * 1024

/**
 * Server-side apply with what the server does for the manager named `kubectl` alone: conflicts over fields that the
 * last client-side apply set, and nobody changed since, are forced; and the annotation of that apply is kept up to date.
 * Source: apimachinery, managedfields/internal/lastappliedmanager.go and lastappliedupdater.go.
 */
export function applyAsServer(request: ApplyRequest): ApplyOutcome {
  if (request.manager !== MANAGER) return applyPatch(request)
  const first = applyPatch(request)
  const outcome = first.result === 'conflict' ? retry(request, first.conflicts) : first
  if (outcome.result !== 'applied' || annotationOf(outcome.object) === undefined) return outcome
  return { ...outcome, object: withAnnotation(outcome.object, request.patch), changed: true }
}

function retry(request: ApplyRequest, conflicts: readonly ApplyConflict[]): ApplyOutcome {
  const allows = allowed(request.live ?? {}, request.type)
  const remaining = conflicts.filter((conflict) => !allows(conflict))
  if (remaining.length > 0) return { result: 'conflict', conflicts: remaining }
  return applyPatch({ ...request, force: true })
}

/** The fields of the last client-side apply that still have the value it gave them. */
function allowed(live: JsonObject, type: ObjectType): (conflict: ApplyConflict) => boolean {
  const applied = parseObject(annotationOf(live))
  const { schema, root } = type
  if (applied === undefined || validateTyped(schema, root, applied, { allowDuplicates: true }).length > 0) {
    return () => false
  }
  const { modified, added, removed } = compareValues(schema, root, applied, live)
  const own = difference(difference(difference(toFieldSet(schema, root, applied), modified), added), removed)
  return ({ elements }) => hasPath(own, elements)
}

function withAnnotation(object: JsonObject, patch: JsonObject): JsonObject {
  const annotations = fieldsOf(metadataOf(object)['annotations'])
  const { [ANNOTATION]: _, ...own } = fieldsOf(metadataOf(patch)['annotations'])
  const hasOwn = metadataOf(patch)['annotations'] !== undefined
  const applied = withMetadata(patch, hasOwn ? { annotations: own } : {})
  const text = `${JSON.stringify(applied)}\n`
  if (Buffer.byteLength(text) > MAX_BYTES) {
    const { [ANNOTATION]: __, ...rest } = annotations
    return withMetadata(object, { annotations: rest })
  }
  return withMetadata(object, { annotations: { ...annotations, [ANNOTATION]: text } })
}

function annotationOf(object: JsonObject): string | undefined {
  const value = fieldsOf(metadataOf(object)['annotations'])[ANNOTATION]
  return typeof value === 'string' ? value : undefined
}

function parseObject(text: string | undefined): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text ?? 'null')
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
