import { metadataString } from '../kube/ref.ts'
import type { JsonObject } from '../util/json.ts'
import { BUILT_IN_RESOURCES, CRD_RESOURCE, resourceFromCrd, type ServedResource } from './served-resource.ts'
import type { Store } from './store.ts'

/** What is served right now. */
export type Catalogue = {
  /** Built-in resources first, then those of the CRDs in the order of their names. */
  resources(): readonly ServedResource[]
  /** Undefined when nothing is served under that group, version and plural. */
  find(group: string, version: string, plural: string): ServedResource | undefined
  /** Whether any resource of the group version is served. */
  hasGroupVersion(group: string, version: string): boolean
}

/** The served resources, kept up to date with the CRDs in the store. SIDE EFFECTS: listens to the store. */
export function createCatalogue(store: Store): Catalogue {
  const custom = new Map<string, ServedResource>()
  const take = (crd: JsonObject): void => {
    const name = metadataString(crd, 'name') ?? ''
    const resource = resourceFromCrd(crd)
    if (resource === undefined) custom.delete(name)
    else custom.set(name, resource)
  }
  for (const crd of store.list(CRD_RESOURCE.key)) take(crd)
  store.subscribe((event) => {
    if (event.resource !== CRD_RESOURCE.key) return
    if (event.type === 'DELETED') custom.delete(metadataString(event.object, 'name') ?? '')
    else if (event.previous === undefined || event.previous['spec'] !== event.object['spec']) take(event.object)
  })
  const resources = (): readonly ServedResource[] => {
    const names = [...custom.keys()].sort()
    return [...BUILT_IN_RESOURCES, ...names.flatMap((name) => custom.get(name) ?? [])]
  }
  return {
    resources,
    find: (group, version, plural) => {
      const found = custom.get(`${plural}.${group}`) ?? BUILT_IN_RESOURCES.find((r) => r.key === `${group}/${plural}`)
      return found?.version === version ? found : undefined
    },
    hasGroupVersion: (group, version) => resources().some((r) => r.group === group && r.version === version),
  }
}
