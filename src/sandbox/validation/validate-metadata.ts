import { metadataOf } from '../../kube/ref.ts'
import type { JsonObject, JsonValue } from '../../util/json.ts'
import { isJsonArray, isJsonObject, jsonEquals } from '../../util/json.ts'
import { forbiddenField, invalidValue, required } from '../field-error.ts'
import type { Cause } from '../refusal.ts'
import type { ServedResource } from '../served-resource.ts'
import { dns1123Label, dns1123Subdomain, labelValue, type NameRule, qualifiedName } from './names.ts'

const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(['kubernetes', 'foregroundDeletion', 'orphan'])
const NO_RULE: NameRule = () => []

/**
 * What the server checks of an object's metadata when it is created. Source: apimachinery, api/validation/objectmeta.go.
 */
export function validateMetadata(object: JsonObject, resource: ServedResource): readonly Cause[] {
  const metadata = metadataOf(object)
  const { name, generateName } = metadata
  const rule = nameRule(resource)
  const causes: Cause[] = []
  if (typeof generateName === 'string') {
    // The suffix that is appended makes a trailing dash or dot good.
    const padded = generateName.endsWith('-') ? `${generateName}a` : generateName
    causes.push(...rule(padded).map((message) => invalidValue('metadata.generateName', generateName, message)))
  }
  if (typeof name !== 'string' || name === '') {
    causes.push(required('metadata.name', 'name or generateName is required'))
  } else {
    causes.push(...rule(name).map((message) => invalidValue('metadata.name', name, message)))
  }
  return [...causes, ...validateCommon(metadata)]
}

/** What the server checks of metadata when an object is updated; `isTwice` where both strategy and store check it. */
export function validateMetadataUpdate(object: JsonObject, live: JsonObject): readonly Cause[] {
  const metadata = metadataOf(object)
  const before = metadataOf(live)
  const causes: Cause[] = []
  const added = newFinalizers(metadata, before)
  if (before['deletionTimestamp'] !== undefined && added.length > 0) {
    const list = added.map((item) => JSON.stringify(item)).join(', ')
    const why = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`
    causes.push(forbiddenField('metadata.finalizers', why))
  }
  for (const key of ['name', 'namespace', 'uid', 'creationTimestamp'] as const) {
    const value = metadata[key]
    if (value !== undefined && !jsonEquals(value, before[key])) {
      causes.push(invalidValue(`metadata.${key}`, value, 'field is immutable'))
    }
  }
  return [...causes, ...validateCommon(metadata)]
}

function validateCommon(metadata: JsonObject): readonly Cause[] {
  return [
    ...labelCauses(metadata['labels']),
    ...annotationCauses(metadata['annotations']),
    ...ownerCauses(metadata['ownerReferences']),
    ...finalizerCauses(metadata['finalizers']),
  ]
}

function nameRule(resource: ServedResource): NameRule {
  if (resource.kind === 'Namespace' || resource.kind === 'Service') return dns1123Label
  return resource.kind === 'CustomResourceDefinition' ? NO_RULE : dns1123Subdomain
}

function labelCauses(labels: JsonValue | undefined): readonly Cause[] {
  return entriesOf(labels).flatMap(([key, value]) => [
    ...qualifiedName(key).map((message) => invalidValue('metadata.labels', key, message)),
    ...(typeof value === 'string' ? labelValue(value) : []).map((message) =>
      invalidValue('metadata.labels', value, message),
    ),
  ])
}

function annotationCauses(annotations: JsonValue | undefined): readonly Cause[] {
  return entriesOf(annotations).flatMap(([key]) =>
    qualifiedName(key.toLowerCase()).map((message) => invalidValue('metadata.annotations', key, message)),
  )
}

function ownerCauses(owners: JsonValue | undefined): readonly Cause[] {
  if (!isJsonArray(owners)) return []
  return owners.flatMap((owner, index) => {
    if (!isJsonObject(owner)) return []
    return (['apiVersion', 'kind', 'name', 'uid'] as const)
      .filter((key) => owner[key] === undefined || owner[key] === '')
      .map((key) =>
        key === 'apiVersion'
          ? invalidValue(`metadata.ownerReferences[${index}].apiVersion`, '', 'version must not be empty')
          : required(`metadata.ownerReferences[${index}].${key}`, 'must not be empty'),
      )
  })
}

function finalizerCauses(finalizers: JsonValue | undefined): readonly Cause[] {
  if (!isJsonArray(finalizers)) return []
  return finalizers.flatMap((value, index) => {
    if (typeof value !== 'string') return []
    const field = `metadata.finalizers[${index}]`
    const bad = qualifiedName(value)
    if (bad.length > 0) return bad.map((message) => invalidValue(field, value, message))
    if (value.includes('/') || STANDARD_FINALIZERS.has(value)) return []
    return [invalidValue(field, value, 'name is neither a standard finalizer name nor is it fully qualified')]
  })
}

function newFinalizers(metadata: JsonObject, before: JsonObject): readonly JsonValue[] {
  const known = isJsonArray(before['finalizers']) ? before['finalizers'] : []
  const now = isJsonArray(metadata['finalizers']) ? metadata['finalizers'] : []
  return now.filter((item) => !known.includes(item))
}

function entriesOf(value: JsonValue | undefined): readonly (readonly [string, JsonValue])[] {
  return isJsonObject(value) ? Object.entries(value) : []
}
