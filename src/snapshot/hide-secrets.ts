import { maskObject } from '../plan/mask-object.ts'
import { jsonEquals } from '../util/json.ts'
import { placeNameOf } from './place-name.ts'
import { recordedObjects } from './recorded-objects.ts'
import { tokenise } from './tokens.ts'
import type { ClusterRecord } from './types.ts'

/** True when masking would change an object of the record: then a key is needed. */
export function holdsSecrets({ kinds }: ClusterRecord): boolean {
  return kinds.some(({ objects }) => objects.all().some((object) => !jsonEquals(maskObject(object), object)))
}

/** The record with a token in place of each secret, and with the names of the objects that hold one. Pure. */
export function hideSecrets(record: ClusterRecord, key: Buffer): ClusterRecord {
  const kinds = record.kinds.map((kind) => {
    const before = kind.objects.all()
    const objects = before.map((object) => tokenise(object, key))
    const tokens = objects.filter((object, i) => object !== before[i]).map(placeNameOf)
    return { ...kind, objects: recordedObjects(objects), tokens }
  })
  return { ...record, kinds }
}
