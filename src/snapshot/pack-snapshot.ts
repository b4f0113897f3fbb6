import type { JsonObject } from '../util/json.ts'
import { stateToFile } from './decode-state.ts'
import { packMember, packMembers } from './members.ts'
import { namespaceIn, placeNameOf } from './place-name.ts'
import { type KindRecord, SNAPSHOT_KIND, SNAPSHOT_VERSION, type Snapshot } from './types.ts'

/**
 * The snapshot as one gzip file, a line of JSON in each member: the document, then the lists of objects that it names, in its
 * order. Equal snapshots give equal bytes (keys in the order of the types). Pure.
 */
export function packSnapshot(snapshot: Snapshot): Buffer {
  const { state, cluster, ...rest } = snapshot
  const members: Buffer[] = []
  const kinds = cluster.kinds.map(({ objects, ...kind }) => ({ ...kind, parts: packObjects(objects, members) }))
  const head = { kind: SNAPSHOT_KIND, formatVersion: SNAPSHOT_VERSION, ...rest, cluster: { ...cluster, kinds } }
  const document = JSON.stringify({ ...head, state: stateToFile(state) }, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  )
  return packMembers(`${document}\n`, members)
}

/** What the document says of the objects: of which namespace they are, and how many bytes their member has. */
function packObjects(objects: KindRecord['objects'], members: Buffer[]): readonly JsonObject[] {
  const parts = Map.groupBy(objects.all(), (object) => namespaceIn(placeNameOf(object)))
  return [...parts].map(([namespace, part]) => {
    const member = packMember(`${JSON.stringify(part)}\n`)
    members.push(member)
    return { ...(namespace === undefined ? {} : { namespace }), bytes: member.length }
  })
}
