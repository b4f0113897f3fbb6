import { kindKey, type ObjectRef } from '../kube/ref.ts'
import { placeName } from './place-name.ts'
import { notRecorded } from './scope-errors.ts'
import type { ClusterRecord } from './types.ts'

/** Throws NOT_RECORDED with every wanted object that exists and of which the snapshot has only the name. Pure. */
export function checkScope({ kinds }: ClusterRecord, refs: readonly ObjectRef[]): void {
  const others = new Map(
    kinds.filter((record) => record.others.length > 0).map((record) => [kindKey(record), new Set(record.others)]),
  )
  if (others.size === 0) return
  const unknown = refs.flatMap(({ apiVersion, kind, namespace, name }) => {
    const wanted = placeName(namespace, name)
    return others.get(kindKey({ apiVersion, kind }))?.has(wanted) === true ? [{ apiVersion, kind, name: wanted }] : []
  })
  if (unknown.length > 0) throw notRecorded(unknown)
}
