import { parseDocument } from 'yaml'
import { metadataOf } from '../../kube/ref.ts'
import { coreDefaults } from '../../ssa/core-defaults.ts'
import { applyDefaults, pruneUnknown } from '../../ssa/structural.ts'
import type { JsonObject, JsonValue } from '../../util/json.ts'
import { isJsonObject } from '../../util/json.ts'
import { componentName } from '../openapi-data.ts'
import { badRequest, notImplemented, type Refusal, unsupportedMediaType } from '../refusal.ts'
import { apiVersionOf, BUILT_IN_RESOURCES, NAMESPACE_RESOURCE, type ServedResource } from '../served-resource.ts'
import { decodeProtobuf } from './decode-protobuf.ts'
import { DecodeError, decodeMetadata, decodeTyped } from './decode-typed.ts'
import { parseGoJson } from './go-json.ts'
import { pruneNulls } from './prune-nulls.ts'
import type { FieldValidation } from './write-options.ts'

/** A body as it came. */
export type RawBody = { readonly text: string; readonly bytes: Buffer; readonly contentType: string | undefined }

/** A decoded object and the warnings its decoding gave (unknown and repeated fields). */
export type DecodedBody = { readonly object: JsonObject; readonly warnings: readonly string[] }

const BODY_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'] as const

/**
 * Reads the object of a POST or PUT: parse, check the kind, drop what the kind does not know, fill in defaults.
 * @throws Refusal 400 or 415.
 */
export function decodeBody(body: RawBody, resource: ServedResource, validation: FieldValidation): DecodedBody {
  const { value, duplicates } = parseBody(body, resource)
  const object = checkKind(value, body.text, resource)
  return decodeObject(object, resource, validation, duplicates)
}

/**
 * Drops what the kind does not know and fills in defaults. Unknown fields are warnings, or with `Strict` a refusal.
 * @throws Refusal 400.
 */
export function decodeObject(
  object: JsonObject,
  resource: ServedResource,
  validation: FieldValidation,
  duplicates: readonly string[] = [],
): DecodedBody {
  const decoded = handled(resource, () => decode(object, resource))
  const problems = fieldProblems(decoded.unknown, duplicates, validation)
  if (validation === 'Strict' && problems.length > 0) {
    throw cannotBeHandled(resource, resource.kind, `strict decoding error: ${problems.join(', ')}`)
  }
  return { object: decoded.object, warnings: problems }
}

/** Decodes without looking at validation. @throws DecodeError when a value does not fit a built-in type. */
export function decode(
  object: JsonObject,
  resource: ServedResource,
): { readonly object: JsonObject; readonly unknown: readonly string[] } {
  if (resource.structural === undefined) {
    const component = componentName(resource.group, resource.version, resource.kind)
    const { object: typed, unknown } = decodeTyped(object, component)
    return { object: resource === NAMESPACE_RESOURCE ? labelled(typed) : coreDefaults(typed), unknown }
  }
  const metadata = isJsonObject(object['metadata']) ? decodeMetadata(object['metadata']) : decodeMetadata({})
  const pruned = pruneUnknown({ ...object, metadata: metadata.object }, resource.structural)
  const whole = applyDefaults(pruneNulls(pruned.object, resource.structural), resource.structural)
  return { object: whole, unknown: [...metadata.unknown, ...pruned.unknown] }
}

/** Of a Namespace only its label is there before owners are counted; finalizers and phase come later. */
function labelled(namespace: JsonObject): JsonObject {
  return { ...namespace, metadata: metadataOf(coreDefaults(namespace)) }
}

/** What `fieldValidation` makes of unknown and repeated fields: nothing, or one line each. */
export function fieldProblems(
  unknown: readonly string[],
  duplicates: readonly string[],
  validation: FieldValidation,
): readonly string[] {
  if (validation === 'Ignore') return []
  return [...duplicates.map((path) => `duplicate field "${path}"`), ...unknown.map((path) => `unknown field "${path}"`)]
}

/** `Widget in version "v1alpha1" cannot be handled as a Widget: …`. */
function cannotBeHandled(resource: ServedResource, kind: string, why: string): Refusal {
  return badRequest(`${kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: ${why}`)
}

/** Parses YAML 1.1 as the server does (`y` is a boolean there); undefined with Go's words when it is broken. */
export function parseYaml(text: string): { readonly value: JsonValue } | { readonly message: string } {
  const document = parseDocument(text, { version: '1.1', uniqueKeys: false, merge: true })
  const [error] = document.errors
  if (error !== undefined) return { message: `yaml: line ${error.linePos?.[0].line ?? 1}: ${yamlWords(error.code)}` }
  const value: JsonValue = JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: 1000 }) ?? null))
  return { value }
}

function parseBody(
  body: RawBody,
  resource: ServedResource,
): { readonly value: JsonValue; readonly duplicates: readonly string[] } {
  const type = (body.contentType ?? 'application/json').split(';')[0]?.trim()
  if (type === 'application/yaml') {
    const parsed = parseYaml(body.text)
    if ('message' in parsed) throw unrecognized(resource, `yaml: ${parsed.message}`, body.text)
    return { value: parsed.value, duplicates: [] }
  }
  if (type === 'application/vnd.kubernetes.protobuf') return { value: decodeProtobuf(body.bytes), duplicates: [] }
  if (type !== 'application/json') throw unsupportedMediaType(BODY_TYPES)
  const parsed = parseGoJson(body.text)
  if (parsed.result === 'unsafe-integer') throw notImplemented(`integers beyond 2^53 (${parsed.path})`)
  if (parsed.result === 'broken') {
    throw unrecognized(resource, `couldn't get version/kind; json parse error: ${parsed.message}`, body.text)
  }
  return parsed
}

const TYPE_META =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'

function checkKind(value: JsonValue, text: string, resource: ServedResource): JsonObject {
  if (!isJsonObject(value)) {
    const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
    const why = `couldn't get version/kind; json parse error: json: cannot unmarshal ${found} into Go value of type ${TYPE_META}`
    throw unrecognized(resource, why, text)
  }
  const { apiVersion = '', kind = '' } = value
  const expected = apiVersionOf(resource)
  if (resource.structural === undefined) {
    // A built-in type is implied by the path.
    const object = { ...value, apiVersion: apiVersion || expected, kind: kind || resource.kind }
    if (object.apiVersion === expected && object.kind === resource.kind) return object
    throw cannotBeHandled(resource, String(object.kind), wrongBuiltIn(object, resource))
  }
  if (kind === '') throw unrecognized(resource, `Object 'Kind' is missing in '${text}'`, text)
  if (apiVersion !== expected) {
    throw badRequest(
      `the API version in the data (${String(apiVersion)}) does not match the expected API version (${expected})`,
    )
  }
  return value
}

function wrongBuiltIn(object: JsonObject, resource: ServedResource): string {
  const { apiVersion, kind } = object
  const known = BUILT_IN_RESOURCES.some((other) => other.kind === kind && apiVersionOf(other) === apiVersion)
  return known
    ? `converting (v1.${String(kind)}) to (core.${resource.kind}): unknown conversion`
    : `no kind "${String(kind)}" is registered for version "${String(apiVersion)}" in scheme "pkg/runtime/scheme.go:111"`
}

function unrecognized(resource: ServedResource, why: string, text: string): Refusal {
  return badRequest(`the object provided is unrecognized (must be of type ${resource.kind}): ${why} (${summary(text)})`)
}

const SUMMARY_BYTES = 30

/** Source: apimachinery, pkg/runtime/serializer/codec_factory.go summarizeData. */
function summary(text: string): string {
  if (text === '') return '<empty>'
  const data = Buffer.from(text, 'utf8')
  const cut = data.subarray(0, SUMMARY_BYTES)
  const shown = text.startsWith('{') ? cut.toString('utf8') : cut.toString('hex')
  return data.length > SUMMARY_BYTES ? `${shown} ...` : shown
}

function handled<T>(resource: ServedResource, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof DecodeError) throw cannotBeHandled(resource, resource.kind, error.message)
    throw error
  }
}

function yamlWords(code: string): string {
  return code === 'BAD_INDENT' || code === 'UNEXPECTED_TOKEN' || code === 'MISSING_CHAR'
    ? 'did not find expected node content'
    : code.toLowerCase().replaceAll('_', ' ')
}
