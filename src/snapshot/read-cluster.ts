import { describePermission, type MissingPermission } from '../cluster/permission-error.ts'
import { allowed } from '../cluster/run-reads.ts'
import type { ClusterReader } from '../cluster/types.ts'
import { readGroups } from './read-groups.ts'
import { readKind } from './read-kind.ts'
import { apiVersionsOf, isRecorded, kindScope, namespacesOf, type Scope } from './scope.ts'
import { kindName } from './scope-errors.ts'
import type { ClusterRecord } from './types.ts'

export type ClusterReading =
  | {
      readonly result: 'read'
      /** With secrets in it: see `hideSecrets`. */
      readonly record: ClusterRecord
      /** Kinds of which only some namespaces could be listed. */
      readonly narrowed: readonly { readonly kind: string; readonly namespaces: readonly string[] }[]
      /** Kinds of `include` that the cluster does not serve. */
      readonly unserved: readonly string[]
    }
  /** Every permission without which no plan can be made, each once. */
  | { readonly result: 'denied'; readonly missing: readonly MissingPermission[] }

/**
 * Reads all that a plan of the workspace, and of another version of it, may need. SIDE EFFECTS: get and list requests.
 * Rejects with ObolError for all but missing permissions.
 */
export async function readCluster(reader: ClusterReader, scope: Scope, signal: AbortSignal): Promise<ClusterReading> {
  const index = await allowed(reader.openApiIndex(signal))
  const version = await allowed(reader.version(signal))
  if (!index.ok || !version.ok) return denied([index, version].flatMap((answer) => (answer.ok ? [] : [answer.missing])))
  const served = [...index.value.keys()].map((path) => path.replace(/^(apis|api)\//, ''))
  const documents = await allowed(
    readGroups(reader, apiVersionsOf(scope, served), (kind) => isRecorded(scope, kind), signal),
  )
  if (!documents.ok) return denied([documents.missing])
  const { groups, kinds } = documents.value
  const ports = { reader, workspaceId: scope.workspaceId, namespaces: namespacesOf(scope), signal }
  const readings = await Promise.all(kinds.map((kind) => readKind(kind, kindScope(scope, kind), ports)))
  const missing = readings.flatMap((reading) => reading.missing)
  if (missing.length > 0) return denied(missing)
  const records = readings.map(({ record }) => record)
  const key = ({ apiVersion, plural }: { readonly apiVersion: string; readonly plural: string }): string =>
    `${apiVersion} ${plural}`
  return {
    result: 'read',
    record: {
      context: reader.context,
      server: reader.server,
      fingerprint: reader.fingerprint,
      version: version.value,
      groups,
      kinds: records.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)),
    },
    narrowed: records.flatMap((record) => {
      const { known, denied: refused } = record
      const isNarrowed = known !== 'everywhere' && record.namespaced && refused.some(isWhole)
      return isNarrowed ? [{ kind: kindName(record), namespaces: known }] : []
    }),
    unserved: scope.include.filter((name) => !records.some((record) => kindName(record) === name)),
  }
}

function isWhole({ verb, namespace }: { readonly verb: string; readonly namespace?: string }): boolean {
  return verb === 'list' && namespace === undefined
}

function denied(missing: readonly MissingPermission[]): ClusterReading {
  const byText = new Map(missing.map((permission) => [describePermission(permission), permission]))
  const sorted = [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, permission]) => permission)
  return { result: 'denied', missing: sorted }
}
