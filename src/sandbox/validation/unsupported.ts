import type { JsonArray, JsonObject, JsonValue } from '../../util/json.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import { fieldsOf, listOf } from '../fields.ts'
import { notImplemented } from '../refusal.ts'
import type { ServedResource } from '../served-resource.ts'
import { compilePattern, UNSUPPORTED_FORMATS } from './formats.ts'

/**
 * Refuses what a real server would act on and the sandbox cannot: nothing may differ silently.
 * @throws Refusal 501 that names the feature.
 */
export function refuseUnsupported(object: JsonObject): void {
  const spec = fieldsOf(object['spec'])
  switch (object['kind']) {
    case 'CustomResourceDefinition':
      refuseInCrd(spec)
      break
    case 'Service':
      refuseInService(spec)
      break
    default:
  }
}

function refuseInCrd(spec: JsonObject): void {
  const versions = listOf(spec['versions'])
  if (isJsonObject(spec['conversion']) && spec['conversion']['strategy'] === 'Webhook') {
    throw notImplemented('conversion webhooks of custom resources')
  }
  if (versions.filter((version) => version['served'] === true).length > 1) {
    throw notImplemented('custom resources with more than one served version')
  }
  if (spec['preserveUnknownFields'] === true) throw notImplemented('preserveUnknownFields')
  for (const version of versions) {
    const subresources = fieldsOf(version['subresources'])
    if (subresources['scale'] !== undefined) throw notImplemented('the scale subresource of custom resources')
    if (version['selectableFields'] !== undefined) throw notImplemented('selectable fields of custom resources')
    const schema = isJsonObject(version['schema']) ? version['schema']['openAPIV3Schema'] : undefined
    refuseInSchema(schema, 'openAPIV3Schema')
  }
}

function refuseInSchema(schema: JsonValue | undefined, path: string): void {
  if (isJsonArray(schema)) for (const [i, item] of schema.entries()) refuseInSchema(item, `${path}[${i}]`)
  if (!isJsonObject(schema)) return
  refuseHere(schema, path)
  for (const [key, property] of Object.entries(fieldsOf(schema['properties']))) {
    refuseInSchema(property, `${path}.${key}`)
  }
  for (const key of ['items', 'additionalProperties', 'allOf', 'anyOf', 'oneOf', 'not'] as const) {
    refuseInSchema(schema[key], `${path}.${key}`)
  }
}

function refuseHere(schema: JsonObject, path: string): void {
  for (const key of ['x-kubernetes-validations', 'x-kubernetes-embedded-resource'] as const) {
    if (schema[key] !== undefined && schema[key] !== false) throw notImplemented(`${key} (at ${path})`)
  }
  const { format, pattern } = schema
  if (typeof format === 'string' && UNSUPPORTED_FORMATS.has(format)) {
    throw notImplemented(`the format ${JSON.stringify(format)} (at ${path})`)
  }
  if (typeof pattern === 'string' && compilePattern(pattern) === undefined) {
    throw notImplemented(`the pattern ${JSON.stringify(pattern)} (at ${path})`)
  }
}

function refuseInService(spec: JsonObject): void {
  const families = isJsonArray(spec['ipFamilies']) ? spec['ipFamilies'] : []
  const policy = spec['ipFamilyPolicy']
  if (families.some((family) => family !== 'IPv4') || (policy !== undefined && policy !== 'SingleStack')) {
    throw notImplemented('IPv6 and dual-stack Services')
  }
  if (spec['type'] === 'LoadBalancer' && spec['externalTrafficPolicy'] === 'Local') {
    throw notImplemented('health check node ports (externalTrafficPolicy: Local)')
  }
}

/**
 * Refuses a CRD whose names another resource of its group has: a real server stores it and reports the clash in its
 * status. @throws Refusal 501.
 */
export function refuseNameClash(crd: JsonObject, resources: readonly ServedResource[]): void {
  const spec = fieldsOf(crd['spec'])
  const names = fieldsOf(spec['names'])
  const own = namesOf([names['plural'], names['singular'], names['kind'], names['listKind'], names['shortNames']])
  for (const other of resources.filter(({ group, plural }) => group === spec['group'] && plural !== names['plural'])) {
    const taken = namesOf([other.plural, other.singular, other.kind, other.listKind, other.shortNames])
    const clash = taken.find((name) => own.includes(name))
    if (clash !== undefined) throw notImplemented(`CRDs with a name that is taken (${clash}, by ${other.plural})`)
  }
}

function namesOf(names: JsonArray | readonly (JsonValue | undefined)[]): readonly string[] {
  return names.flat().flatMap((name) => (typeof name === 'string' ? [name.toLowerCase()] : []))
}
