import type { KindSchema } from '../cluster/kind-schema.ts'
import type { SchemaCache } from '../cluster/openapi-cache.ts'
import { groupPath } from './group-path.ts'
import { kindNotRecorded } from './scope-errors.ts'
import type { ClusterRecord, KindRecord } from './types.ts'

/**
 * The schemas of a snapshot. Other than a cache in front of a cluster, `get` rejects with OUT_OF_SCOPE for a kind that the
 * cluster may serve and the snapshot knows nothing of: nobody else can be asked. Keeps nothing.
 */
export function snapshotCache({ groups, kinds }: ClusterRecord): SchemaCache {
  const recorded = new Map(kinds.map((record) => [`${record.apiVersion} ${record.kind}`, record]))
  const find = (of: { readonly apiVersion: string; readonly kind: string }): KindSchema | undefined => {
    const record = recorded.get(`${of.apiVersion} ${of.kind}`)
    return record === undefined ? undefined : schemaOf(record)
  }
  const schemaOf = ({ apiVersion, kind, plural, namespaced, rootName }: KindRecord): KindSchema | undefined => {
    const schemas = groups[groupPath(apiVersion)]?.schemas
    return schemas === undefined ? undefined : { apiVersion, kind, plural, namespaced, rootName, schemas }
  }
  return {
    get: async (of) => {
      const found = find(of)
      if (found !== undefined) return found
      const served = groups[groupPath(of.apiVersion)]?.served
      if (served !== undefined && !Object.hasOwn(served, of.kind)) return undefined
      throw kindNotRecorded(of)
    },
    lastSeen: async (of) => find(of),
    put: async () => undefined,
  }
}
