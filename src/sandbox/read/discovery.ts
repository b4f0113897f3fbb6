import { createHash } from 'node:crypto'
import type { JsonArray, JsonObject } from '../../util/json.ts'
import type { Catalogue } from '../catalogue.ts'
import type { ServedResource } from '../served-resource.ts'
import { apiVersionOf } from '../served-resource.ts'

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
/** Namespaces are emptied by deleting them one by one. */
const NAMESPACE_VERBS = VERBS.filter((verb) => verb !== 'deletecollection')
const CUSTOM_VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']
const STATUS_VERBS = ['get', 'patch', 'update']

/** `/api`. */
export function coreVersions(address: string): JsonObject {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
  }
}

/** `/apis`. */
export function groupList(catalogue: Catalogue): JsonObject {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupsOf(catalogue).map(groupEntry) }
}

/** `/apis/GROUP`; undefined when nothing of the group is served. */
export function group(catalogue: Catalogue, name: string): JsonObject | undefined {
  const found = groupsOf(catalogue).find((item) => item.name === name)
  return found === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(found) }
}

/** `/api/v1` and `/apis/GROUP/VERSION`; undefined when nothing of it is served. */
export function resourceList(catalogue: Catalogue, groupName: string, version: string): JsonObject | undefined {
  const resources = catalogue.resources().filter((r) => r.group === groupName && r.version === version)
  if (resources.length === 0) return undefined
  return {
    kind: 'APIResourceList',
    ...(groupName === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: apiVersionOf({ group: groupName, version }),
    resources: resources.flatMap(legacyEntries),
  }
}

/** `/api` and `/apis` in the aggregated form (apidiscovery.k8s.io/v2). */
export function aggregated(catalogue: Catalogue, which: 'core' | 'groups'): JsonObject {
  const groups = which === 'core' ? [{ name: '', versions: ['v1'] }] : groupsOf(catalogue)
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map(({ name, versions }) => ({
      metadata: name === '' ? {} : { name },
      versions: versions.map((version) => ({
        version,
        resources: catalogue
          .resources()
          .filter((resource) => resource.group === name && resource.version === version)
          .map(aggregatedEntry),
        freshness: 'Current',
      })),
    })),
  }
}

type Group = { readonly name: string; readonly versions: readonly string[] }

function groupsOf(catalogue: Catalogue): readonly Group[] {
  const byName = Map.groupBy(
    catalogue.resources().filter((resource) => resource.group !== ''),
    (resource) => resource.group,
  )
  return [...byName].map(([name, resources]) => ({ name, versions: [...new Set(resources.map((r) => r.version))] }))
}

function groupEntry({ name, versions }: Group): JsonObject {
  const entries = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }))
  return { name, versions: entries, preferredVersion: entries[0] ?? {} }
}

function legacyEntries(resource: ServedResource): JsonArray {
  const { plural, singular, namespaced, kind, shortNames, categories } = resource
  const entry: JsonObject = {
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs: verbsOf(resource),
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    storageVersionHash: storageVersionHash(resource),
  }
  const status: JsonObject = { name: `${plural}/status`, singularName: '', namespaced, kind, verbs: STATUS_VERBS }
  return resource.hasStatus ? [entry, status] : [entry]
}

function aggregatedEntry(resource: ServedResource): JsonObject {
  const { group: groupName, version, kind, plural, singular, namespaced, shortNames, categories } = resource
  const responseKind = { group: groupName, version, kind }
  return {
    resource: plural,
    responseKind,
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs: verbsOf(resource),
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(resource.hasStatus ? { subresources: [{ subresource: 'status', responseKind, verbs: STATUS_VERBS }] } : {}),
  }
}

function verbsOf(resource: ServedResource): readonly string[] {
  if (resource.structural !== undefined) return CUSTOM_VERBS
  return resource.kind === 'Namespace' ? NAMESPACE_VERBS : VERBS
}

/** Source: apiserver, pkg/endpoints/discovery/storageversionhash.go. */
function storageVersionHash({ group: groupName, version, kind }: ServedResource): string {
  const bytes = createHash('sha256').update(`${groupName}/${version}/${kind}`).digest()
  return bytes.subarray(0, 8).toString('base64')
}
