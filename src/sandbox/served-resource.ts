import { objectTypeFromCrd, objectTypeFromOpenApi } from '../ssa/object-type.ts'
import type { ObjectType } from '../ssa/types.ts'
import type { JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'
import { fieldsOf, listOf } from './fields.ts'
import { componentName, OPENAPI_SCHEMAS } from './openapi-data.ts'
import type { About } from './refusal.ts'
import type { ResourceKey } from './store.ts'

export type PrinterColumn = {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly description: string
  readonly priority: number
  readonly jsonPath: string
}

/** A resource the server serves, built in or from a CRD. */
export type ServedResource = {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly singular: string
  readonly kind: string
  readonly listKind: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly hasStatus: boolean
  /** Set for custom resources: the CRD's schema, under which objects are pruned, defaulted and validated. */
  readonly structural?: JsonObject
  readonly columns: readonly PrinterColumn[]
  readonly key: ResourceKey
  /** The merge's type; built on first use, because a start must not pay for kinds nobody asks for. */
  readonly type: () => ObjectType
}

const NAMESPACES = builtIn('Namespace', { shortNames: ['ns'], namespaced: false, hasStatus: true })
const SERVICES = builtIn('Service', { shortNames: ['svc'], categories: ['all'], hasStatus: true })
const ENDPOINTS = builtIn('Endpoints', { plural: 'endpoints', singular: 'endpoints', shortNames: ['ep'] })
const CONFIG_MAPS = builtIn('ConfigMap', { shortNames: ['cm'] })
const SECRETS = builtIn('Secret', {})
const CRDS = builtIn('CustomResourceDefinition', {
  group: 'apiextensions.k8s.io',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  hasStatus: true,
})

export const NAMESPACE_RESOURCE = NAMESPACES
export const SERVICE_RESOURCE = SERVICES
export const CRD_RESOURCE = CRDS

/** The built-in resources, by name in each group. */
export const BUILT_IN_RESOURCES: readonly ServedResource[] = [
  CONFIG_MAPS,
  ENDPOINTS,
  NAMESPACES,
  SECRETS,
  SERVICES,
  CRDS,
]

/** `obol.org/v1alpha1`, `v1`. */
export function apiVersionOf(resource: { readonly group: string; readonly version: string }): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`
}

/** How errors name a resource: `widgets.test.example.org "w"`. */
export function aboutResource(resource: ServedResource, name?: string): About {
  return { group: resource.group, kind: resource.plural, ...(name === undefined ? {} : { name }) }
}

/** How errors name a kind: `Widget.test.example.org "w"`. */
export function aboutKind(resource: ServedResource, name: string): About {
  return { group: resource.group, kind: resource.kind, name }
}

/**
 * The resource that an established CRD serves; undefined when no version is served. The sandbox admits CRDs of one
 * served version only, which is then the storage version too.
 */
export function resourceFromCrd(crd: JsonObject): ServedResource | undefined {
  const spec = objectAt(crd, 'spec')
  const names = objectAt(spec, 'names')
  const versions = listOf(spec['versions'])
  const served = versions.find((version) => version['served'] === true)
  if (served === undefined) return undefined
  const version = textAt(served, 'name')
  const type = memo(() => typeOf(crd, version))
  const group = textAt(spec, 'group')
  const plural = textAt(names, 'plural')
  const structural = objectAt(objectAt(served, 'schema'), 'openAPIV3Schema')
  return {
    group,
    version,
    plural,
    singular: textAt(names, 'singular'),
    kind: textAt(names, 'kind'),
    listKind: textAt(names, 'listKind'),
    shortNames: textsAt(names, 'shortNames'),
    categories: textsAt(names, 'categories'),
    namespaced: spec['scope'] === 'Namespaced',
    hasStatus: isJsonObject(objectAt(served, 'subresources')['status']),
    structural,
    columns: columnsOf(served['additionalPrinterColumns']),
    key: `${group}/${plural}`,
    type,
  }
}

function typeOf(crd: JsonObject, version: string): ObjectType {
  const type = objectTypeFromCrd(crd, version)
  if (type === undefined) throw new TypeError(`CRD without a served version ${version}`)
  return type
}

const AGE: PrinterColumn = {
  name: 'Age',
  type: 'date',
  format: '',
  description: 'Custom resource definition column (in JSONPath format): .metadata.creationTimestamp',
  priority: 0,
  jsonPath: '.metadata.creationTimestamp',
}

function columnsOf(value: JsonValue | undefined): readonly PrinterColumn[] {
  if (!isJsonArray(value) || value.length === 0) return [AGE]
  return value.filter(isJsonObject).map((column) => ({
    name: textAt(column, 'name'),
    type: textAt(column, 'type'),
    format: textAt(column, 'format'),
    description:
      textAt(column, 'description') ||
      `Custom resource definition column (in JSONPath format): ${textAt(column, 'jsonPath')}`,
    priority: typeof column['priority'] === 'number' ? column['priority'] : 0,
    jsonPath: textAt(column, 'jsonPath'),
  }))
}

function builtIn(
  kind: string,
  more: {
    readonly group?: string
    readonly plural?: string
    readonly singular?: string
    readonly shortNames?: readonly string[]
    readonly categories?: readonly string[]
    readonly namespaced?: boolean
    readonly hasStatus?: boolean
  },
): ServedResource {
  const group = more.group ?? ''
  const version = 'v1'
  const singular = more.singular ?? kind.toLowerCase()
  const plural = more.plural ?? `${singular}s`
  return {
    group,
    version,
    plural,
    singular,
    kind,
    listKind: `${kind}List`,
    shortNames: more.shortNames ?? [],
    categories: more.categories ?? [],
    namespaced: more.namespaced ?? true,
    hasStatus: more.hasStatus ?? false,
    columns: [],
    key: `${group}/${plural}`,
    type: memo(() =>
      objectTypeFromOpenApi({
        apiVersion: apiVersionOf({ group, version }),
        kind,
        schemas: OPENAPI_SCHEMAS,
        rootName: componentName(group, version, kind),
      }),
    ),
  }
}

function memo<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key]
  return fieldsOf(value)
}

function textAt(object: JsonObject, key: string): string {
  const value = object[key]
  return typeof value === 'string' ? value : ''
}

function textsAt(object: JsonObject, key: string): readonly string[] {
  const value = object[key]
  return isJsonArray(value) ? value.filter((item) => typeof item === 'string') : []
}
