import { metadataString } from '../../kube/ref.ts'
import type { JsonObject, JsonValue } from '../../util/json.ts'
import { canonicalJson, isJsonObject } from '../../util/json.ts'
import { invalidValue } from '../field-error.ts'
import { componentName } from '../openapi-data.ts'
import { applyJsonPatch } from '../patch/json-patch.ts'
import { applyMergePatch } from '../patch/merge-patch.ts'
import { applyStrategicMergePatch } from '../patch/strategic-merge-patch.ts'
import { badRequest, carrying, invalid, modified, notFound, notImplemented } from '../refusal.ts'
import { aboutKind, aboutResource, apiVersionOf, type ServedResource } from '../served-resource.ts'
import { storeKey } from '../store.ts'
import { checkNamespace } from './create-object.ts'
import { decode, fieldProblems } from './decode-body.ts'
import { DecodeError } from './decode-typed.ts'
import { parseGoJson } from './go-json.ts'
import { checkName, replace } from './update-object.ts'
import type { Target, WriteContext, Written } from './write-context.ts'
import type { FieldValidation, WriteOptions } from './write-options.ts'

export type PatchType = 'json' | 'merge' | 'strategic'

/**
 * PATCH other than apply: patches the live object or its status.
 * @throws Refusal. SIDE EFFECTS: stores the object unless it is a dry run or nothing changes.
 */
export function patchObject(
  context: WriteContext,
  target: Target,
  subresource: 'status' | undefined,
  patch: { readonly type: PatchType; readonly text: string },
  options: WriteOptions,
): Written {
  const { resource, namespace, name } = target
  const live = context.store.get(resource.key, storeKey(namespace, name))
  const value = parsePatch(patch)
  if (live === undefined) throw notFound(aboutResource(resource, name))
  const patched = apply(live, value, patch.type, resource)
  const { object, warnings } = decodePatched(patched, resource, options.fieldValidation)
  const stored = carrying(warnings, () => {
    checkName(object, name)
    checkNamespace(object, namespace)
    checkType(object, target)
    const version = metadataString(object, 'resourceVersion') ?? ''
    const isOld = version !== '' && version !== metadataString(live, 'resourceVersion')
    if (isOld) throw modified(aboutResource(resource, name))
    return replace(context, target, subresource, object, live, options)
  })
  return { object: stored, created: false, warnings }
}

function parsePatch(patch: { readonly type: PatchType; readonly text: string }): JsonValue {
  const parsed = parseGoJson(patch.text)
  if (parsed.result === 'unsafe-integer') throw notImplemented(`integers beyond 2^53 (${parsed.path})`)
  if (parsed.result === 'broken') {
    throw badRequest(patch.type === 'merge' ? 'invalid JSON patch' : `error decoding patch: ${parsed.message}`)
  }
  if (patch.type !== 'json' && !isJsonObject(parsed.value)) {
    const found = Array.isArray(parsed.value) ? 'array' : typeof parsed.value
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${found} into Go value of type map[string]interface {}`,
    )
  }
  return parsed.value
}

function apply(live: JsonObject, patch: JsonValue, type: PatchType, resource: ServedResource): JsonObject {
  if (type === 'json') return applyJsonPatch(live, patch)
  if (!isJsonObject(patch)) return live
  const merged =
    type === 'merge'
      ? applyMergePatch(live, patch)
      : applyStrategicMergePatch(live, patch, componentName(resource.group, resource.version, resource.kind))
  return isJsonObject(merged) ? merged : live
}

function decodePatched(
  patched: JsonObject,
  resource: ServedResource,
  validation: FieldValidation,
): { readonly object: JsonObject; readonly warnings: readonly string[] } {
  try {
    const { object, unknown } = decode(patched, resource)
    const warnings = fieldProblems(unknown, [], validation)
    if (validation !== 'Strict' || warnings.length === 0) return { object, warnings }
    throw patchRefusal(patched, `strict decoding error: ${warnings.join(', ')}`)
  } catch (error) {
    if (error instanceof DecodeError) throw patchRefusal(patched, error.message)
    throw error
  }
}

/** The message shows the whole patched object, as the real server's does. */
function patchRefusal(patched: JsonObject, why: string): Error {
  return invalid({ group: '', kind: '' }, [invalidValue('patch', canonicalJson(patched), why)])
}

function checkType(object: JsonObject, { resource, name }: Target): void {
  const { kind, apiVersion } = object
  if (kind !== resource.kind) {
    const about = { ...aboutKind(resource, name), kind: String(kind) }
    throw invalid(about, [invalidValue('kind', kind ?? '', `must be ${resource.kind}`)])
  }
  if (apiVersion !== apiVersionOf(resource)) {
    const cause = invalidValue('apiVersion', apiVersion ?? '', `must be ${apiVersionOf(resource)}`)
    throw invalid(aboutKind(resource, name), [cause])
  }
}
