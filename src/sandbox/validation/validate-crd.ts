import { metadataOf, metadataString } from '../../kube/ref.ts'
import { pruneUnknown } from '../../ssa/structural.ts'
import type { JsonObject, JsonValue } from '../../util/json.ts'
import { isJsonArray, isJsonObject, jsonEquals } from '../../util/json.ts'
import { invalidValue, notSupported, required } from '../field-error.ts'
import { fieldsOf, listOf, textOf } from '../fields.ts'
import type { Cause } from '../refusal.ts'
import { validateStructural } from './validate-structural.ts'

const SCHEMA = 'spec.validation.openAPIV3Schema'
const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string']

/**
 * What the server checks of a CustomResourceDefinition, for the parts the sandbox supports (see
 * `unsupportedInCrd`). Source: apiextensions-apiserver, pkg/apis/apiextensions/validation/validation.go.
 */
export function validateCrd(crd: JsonObject, live: JsonObject | undefined): readonly Cause[] {
  const spec = fieldsOf(crd['spec'])
  const names = fieldsOf(spec['names'])
  const versions = listOf(spec['versions'])
  const expected = `${textOf(names['plural'])}.${textOf(spec['group'])}`
  const name = metadataString(crd, 'name') ?? ''
  return [
    ...(name === expected || live !== undefined
      ? []
      : [invalidValue('metadata.name', name, 'must be spec.names.plural+"."+spec.group')]),
    ...approvalCauses(crd, textOf(spec['group'])),
    ...(textOf(spec['group']) === '' ? [required('spec.group')] : []),
    ...(textOf(spec['scope']) === '' ? [required('spec.scope')] : scopeCauses(spec['scope'] ?? '')),
    ...(['plural', 'singular', 'kind', 'listKind'] as const)
      .filter((key) => textOf(names[key]) === '')
      .map((key) => required(`spec.names.${key}`)),
    ...storageCauses(versions),
    ...versions.flatMap((version, index) => versionCauses(version, index)),
    ...(live === undefined ? [] : immutableCauses(spec, fieldsOf(live['spec']))),
  ]
}

const APPROVED = 'api-approved.kubernetes.io'

function approvalCauses(crd: JsonObject, group: string): readonly Cause[] {
  const isProtected = /(?:^|\.)(?:k8s|kubernetes)\.io$/.test(group)
  if (!isProtected || fieldsOf(metadataOf(crd)['annotations'])[APPROVED] !== undefined) return []
  const why = `protected groups must have approval annotation "${APPROVED}", see https://github.com/kubernetes/enhancements/pull/1111`
  return [required(`metadata.annotations[${APPROVED}]`, why)]
}

function scopeCauses(scope: JsonValue): readonly Cause[] {
  const known = ['Cluster', 'Namespaced']
  return known.some((item) => item === scope) ? [] : [notSupported('spec.scope', scope, known)]
}

function storageCauses(versions: readonly JsonObject[]): readonly Cause[] {
  if (versions.filter((version) => version['storage'] === true).length === 1) return []
  return [
    invalidValue('spec.versions', versions.map(goVersion), 'must have exactly one version marked as storage version'),
    invalidValue('status.storedVersions', null, 'must have at least one stored version'),
  ]
}

/** How the message shows a version: Go's struct, where a schema common to all versions has moved to the top. */
function goVersion(version: JsonObject): JsonObject {
  return {
    Name: version['name'] ?? '',
    Served: version['served'] ?? false,
    Storage: version['storage'] ?? false,
    Deprecated: version['deprecated'] ?? false,
    DeprecationWarning: version['deprecationWarning'] ?? null,
    Schema: null,
    Subresources: null,
    AdditionalPrinterColumns: null,
    SelectableFields: null,
  }
}

function versionCauses(version: JsonObject, index: number): readonly Cause[] {
  const schema = fieldsOf(version['schema'])['openAPIV3Schema']
  if (!isJsonObject(schema)) return [required(`spec.versions[${index}].schema.openAPIV3Schema`)]
  const causes: Cause[] = []
  if (textOf(schema['type']) === '') causes.push(required(`${SCHEMA}.type`, 'must not be empty at the root'))
  else schemaCauses(schema, SCHEMA, causes)
  return causes
}

function schemaCauses(schema: JsonObject, path: string, causes: Cause[]): void {
  const type = textOf(schema['type'])
  if (type !== '' && !TYPES.includes(type)) causes.push(notSupported(`${path}.type`, type, TYPES))
  if (type === 'array' && !isJsonObject(schema['items'])) causes.push(required(`${path}.items`, 'must be specified'))
  if (schema['x-kubernetes-list-type'] === 'map' && listLength(schema['x-kubernetes-list-map-keys']) === 0) {
    const field = `${path}.x-kubernetes-list-map-keys`
    causes.push(required(field, 'must not be empty if x-kubernetes-list-type is map'))
  }
  if (schema['default'] !== undefined) causes.push(...defaultCauses(schema, schema['default'], path))
  for (const [key, property] of Object.entries(fieldsOf(schema['properties']))) {
    nested(property, `${path}.properties[${key}]`, 'must not be empty for specified object fields', causes)
  }
  nested(schema['items'], `${path}.items`, 'must not be empty for specified array items', causes)
  const additional = schema['additionalProperties']
  nested(additional, `${path}.additionalProperties`, 'must not be empty for specified object fields', causes)
}

function nested(value: JsonValue | undefined, path: string, why: string, causes: Cause[]): void {
  if (!isJsonObject(value)) return
  const isTyped =
    textOf(value['type']) !== '' ||
    value['x-kubernetes-int-or-string'] === true ||
    value['x-kubernetes-preserve-unknown-fields'] === true
  if (!isTyped) causes.push(required(`${path}.type`, why))
  schemaCauses(value, path, causes)
}

/** The default is validated as a value without a path of its own; it may hold nothing that pruning would drop. */
function defaultCauses(schema: JsonObject, value: JsonValue, path: string): readonly Cause[] {
  // Pruning keeps apiVersion, kind and metadata of a whole object; one level down they are fields like others.
  const pruned = pruneUnknown({ default: value }, { type: 'object', properties: { default: schema } })
  if (pruned.unknown.length > 0) return [invalidValue(`${path}.default`, value, 'must not have unknown fields')]
  return validateStructural(value, schema).map((cause) => ({
    ...cause,
    field: cause.field === '' ? `${path}.default` : `${path}.default.${cause.field}`,
  }))
}

function immutableCauses(spec: JsonObject, before: JsonObject): readonly Cause[] {
  const causes = (['group', 'scope'] as const)
    .filter((key) => !jsonEquals(spec[key], before[key]))
    .map((key) => invalidValue(`spec.${key}`, spec[key] ?? '', 'field is immutable'))
  const names = fieldsOf(spec['names'])
  const old = fieldsOf(before['names'])
  return [
    ...causes,
    ...(['plural', 'kind'] as const)
      .filter((key) => !jsonEquals(names[key], old[key]))
      .map((key) => invalidValue(`spec.names.${key}`, names[key] ?? '', 'field is immutable')),
  ]
}

function listLength(value: JsonValue | undefined): number {
  return isJsonArray(value) ? value.length : 0
}
