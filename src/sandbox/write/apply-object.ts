import { parseDocument } from 'yaml'
import { metadataOf, metadataString } from '../../kube/ref.ts'
import type { ApplyConflict, TypedError } from '../../ssa/types.ts'
import type { JsonArray, JsonObject } from '../../util/json.ts'
import { isJsonObject } from '../../util/json.ts'
import { invalidValue } from '../field-error.ts'
import { badRequest, internal, invalid, modified, Refusal } from '../refusal.ts'
import { aboutKind, aboutResource, apiVersionOf, type ServedResource } from '../served-resource.ts'
import { storeKey } from '../store.ts'
import { checkNamespace } from './create-object.ts'
import { decode, fieldProblems, parseYaml } from './decode-body.ts'
import { DecodeError, decodeMetadata } from './decode-typed.ts'
import { finishCreate, finishUpdate } from './finish-write.ts'
import { parseGoJson } from './go-json.ts'
import { applyAsServer } from './last-applied.ts'
import { without } from './metadata.ts'
import { checkName, withKeptStatus } from './update-object.ts'
import type { Target, WriteContext, Written } from './write-context.ts'
import type { WriteOptions } from './write-options.ts'

/**
 * PATCH application/apply-patch+yaml: server-side apply, creating the object when it is missing.
 * @throws Refusal. SIDE EFFECTS: stores the object unless it is a dry run or nothing changes.
 */
export function applyObject(context: WriteContext, target: Target, text: string, options: WriteOptions): Written {
  const { resource, namespace, name } = target
  const patch = parseApplyPatch(text, resource, options)
  checkName(patch, name)
  checkNamespace(patch, namespace)
  const live = context.store.get(resource.key, storeKey(namespace, name))
  const outcome = applyAsServer({
    live,
    patch: resource.hasStatus ? without(patch, 'status') : patch,
    manager: options.manager,
    force: options.force,
    type: resource.type(),
    now: context.now(),
  })
  if (outcome.result === 'conflict') throw conflictRefusal(outcome.conflicts)
  if (outcome.result === 'invalid') throw typedRefusal(outcome.errors, patch, resource)
  const { object, unknown } = converted(patch, resource, () => settle(outcome.object, resource))
  const warnings = fieldProblems(unknown, [], options.fieldValidation)
  if (live === undefined) {
    checkUidOfNew(object, target)
    return { object: finishCreate(context, target, object, options.dryRun), created: true, warnings }
  }
  const version = metadataString(object, 'resourceVersion')
  if (version !== undefined && version !== metadataString(live, 'resourceVersion')) {
    throw modified(aboutResource(resource, name))
  }
  const whole = withKeptStatus(object, live, resource)
  return { object: finishUpdate(context, target, whole, live, options.dryRun), created: false, warnings }
}

/** The applied configuration. @throws Refusal 400 when it is not an object of the kind, or claims managedFields. */
function parseApplyPatch(text: string, resource: ServedResource, options: WriteOptions): JsonObject {
  const patch = parseObject(text, options)
  const { apiVersion = '', kind = '' } = patch
  if (metadataOf(patch)['managedFields'] !== undefined) throw badRequest('metadata.managedFields must be nil')
  if (apiVersion === apiVersionOf(resource) && kind === resource.kind) return patch
  const version = String(apiVersion).includes('/') ? String(apiVersion) : `/${String(apiVersion)}`
  throw badRequest(`invalid object type: ${version}, Kind=${String(kind)}`)
}

function parseObject(text: string, options: WriteOptions): JsonObject {
  // JSON is YAML, and reading it as such saves most of the time an apply takes.
  const json = text.startsWith('{') ? parseGoJson(text) : undefined
  if (json?.result === 'parsed' && json.duplicates.length === 0 && isJsonObject(json.value)) return json.value
  if (options.fieldValidation === 'Strict') refuseDuplicates(text)
  const parsed = parseYaml(text)
  if ('message' in parsed) throw badRequest(`error encoding patch: ${parsed.message}`)
  if (isJsonObject(parsed.value)) return parsed.value
  const found = Array.isArray(parsed.value) ? 'array' : typeof parsed.value
  const why = `json: cannot unmarshal ${found} into Go value of type map[string]interface {}`
  throw badRequest(`error decoding patch: error unmarshaling JSON: while decoding JSON: ${why}`)
}

function refuseDuplicates(text: string): void {
  const { errors } = parseDocument(text, { version: '1.1', uniqueKeys: true })
  const repeated = errors.filter((error) => error.code === 'DUPLICATE_KEY')
  if (repeated.length === 0) return
  const lines = repeated.map((error) => {
    const key = /^[^\s:]+/.exec(text.slice(error.pos[0]))?.[0] ?? ''
    return `  line ${error.linePos?.[0].line ?? 0}: key ${JSON.stringify(key)} already set in map`
  })
  const why = `error converting YAML to JSON: yaml: unmarshal errors:\n${lines.join('\n')}`
  throw badRequest(`error strict decoding patch: ${why}`)
}

/** The merged object as the server's own types would write it. */
function settle(
  object: JsonObject,
  resource: ServedResource,
): { readonly object: JsonObject; readonly unknown: readonly string[] } {
  if (resource.structural === undefined) return decode(object, resource)
  const metadata = decodeMetadata(metadataOf(object))
  return { object: { ...object, metadata: metadata.object }, unknown: metadata.unknown }
}

/** @throws Refusal 500 for what the schema lets pass and the type does not: text that is not base64 in a Secret. */
function converted<T>(patch: JsonObject, resource: ServedResource, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    const kind = kindWords(resource)
    const why = `unable to convert unstructured object to ${kind}: error decoding from json: ${error.message}`
    throw internal(`failed to convert new object (${nameWords(patch)}; ${kind}) to proper version: ${why}`)
  }
}

function checkUidOfNew(object: JsonObject, { resource, name }: Target): void {
  const uid = metadataString(object, 'uid')
  if (uid === undefined) return
  const cause = invalidValue('metadata.uid', uid, 'field is immutable')
  throw invalid(aboutKind(resource, name), resource.structural === undefined ? [cause] : [cause, cause])
}

/** Source: apimachinery, managedfields/internal/conflict.go. */
function conflictRefusal(conflicts: readonly ApplyConflict[]): Refusal {
  const causes: JsonArray = conflicts.map((conflict) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${ownerWords(conflict)}`,
    field: conflict.path,
  }))
  const [only, ...more] = conflicts
  if (only !== undefined && more.length === 0) {
    return applyConflict(`Apply failed with 1 conflict: conflict with ${ownerWords(only)}: ${only.path}`, causes)
  }
  const owners = Map.groupBy(conflicts, ownerId)
  const lines = [...owners.keys()].sort().flatMap((id) => {
    const of = owners.get(id) ?? []
    const [first] = of
    return first === undefined ? [] : [`conflicts with ${ownerWords(first)}:`, ...of.map(({ path }) => `- ${path}`)]
  })
  return applyConflict(`Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`, causes)
}

function applyConflict(message: string, causes: JsonArray): Refusal {
  return new Refusal(409, 'Conflict', message, { causes })
}

function ownerId(conflict: ApplyConflict): string {
  return JSON.stringify([conflict.name, conflict.operation, conflict.apiVersion, conflict.subresource ?? ''])
}

function ownerWords(conflict: ApplyConflict): string {
  const subresource =
    conflict.subresource === undefined ? '' : ` with subresource ${JSON.stringify(conflict.subresource)}`
  const using = conflict.operation === 'Update' ? ` using ${conflict.apiVersion}` : ''
  return `${JSON.stringify(conflict.name)}${subresource}${using}`
}

function typedRefusal(errors: readonly TypedError[], patch: JsonObject, resource: ServedResource): Refusal {
  const lines = errors.map(({ path, message }) => `${path}: ${goWords(message)}`)
  const list = lines.length === 1 ? lines[0] : `errors:${lines.map((line) => `\n  ${line}`).join('')}`
  return internal(`failed to create typed patch object (${nameWords(patch)}; ${kindWords(resource)}): ${list}`)
}

function nameWords(patch: JsonObject): string {
  return `${metadataString(patch, 'namespace') ?? ''}/${metadataString(patch, 'name') ?? ''}`
}

function kindWords(resource: ServedResource): string {
  return `${resource.group}/${resource.version}, Kind=${resource.kind}`
}

/** The message ends with the value as Go prints its wrapper, which says more of Go than of the value. */
function goWords(message: string): string {
  const match = /^(expected (map|list|[a-z ()]+), got )(.+)$/.exec(message)
  if (match === null) return message
  const [, head = '', form = '', value = ''] = match
  if (form !== 'map' && form !== 'list') return `${head}&value.valueUnstructured{Value:${value}}`
  return `${head}&{${value.startsWith('"') ? JSON.parse(value) : value}}`
}
