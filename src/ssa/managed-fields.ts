import { metadataOf } from '../kube/ref.ts'
import type { JsonArray, JsonObject, JsonValue } from '../util/json.ts'
import { isJsonArray, isJsonObject } from '../util/json.ts'
import { compareText } from './compare-text.ts'
import type { FieldSet } from './field-set.ts'
import { decodeFieldsV1, encodeFieldsV1, isFieldsV1 } from './fields-v1.ts'

export type Operation = 'Apply' | 'Update'

/** One entry of `metadata.managedFields`, its fields as a set. */
export type ManagedEntry = {
  readonly manager: string
  readonly operation: Operation
  readonly apiVersion: string
  readonly subresource?: string
  /** RFC 3339. */
  readonly time?: string
  readonly set: FieldSet
}

/** Entries by identifier; an applier is one owner whatever API version it wrote. */
export type ManagedEntries = ReadonlyMap<string, ManagedEntry>

/** What makes an owner: name, operation, subresource, and for updaters the API version (`buildmanagerinfo.go`). */
export function managerId(entry: Omit<ManagedEntry, 'set' | 'time'>): string {
  return JSON.stringify({
    ...(entry.manager === '' ? {} : { manager: entry.manager }),
    operation: entry.operation,
    ...(entry.operation === 'Update' ? { apiVersion: entry.apiVersion } : {}),
    ...(entry.subresource === undefined || entry.subresource === '' ? {} : { subresource: entry.subresource }),
  })
}

/** `name/Apply`, `name/Update`, with the subresource where there is one: `name/Update(status)`. */
export function ownerName(entry: Pick<ManagedEntry, 'manager' | 'operation' | 'subresource'>): string {
  const suffix = entry.subresource === undefined ? '' : `(${entry.subresource})`
  return `${entry.manager}/${entry.operation}${suffix}`
}

/** Reads `metadata.managedFields`; undefined when an entry is malformed, which the server treats as no tracking. */
export function decodeManagedFields(object: JsonObject): ManagedEntries | undefined {
  const list = metadataOf(object)['managedFields']
  const entries = new Map<string, ManagedEntry>()
  for (const item of isJsonArray(list) ? list : []) {
    const entry = isJsonObject(item) ? decodeEntry(item) : undefined
    if (entry === undefined) return undefined
    entries.set(managerId(entry), entry)
  }
  return entries
}

function decodeEntry(item: JsonObject): ManagedEntry | undefined {
  const { manager, operation, apiVersion, subresource, time, fieldsType, fieldsV1 } = item
  if (operation !== 'Apply' && operation !== 'Update') return undefined
  if (typeof apiVersion !== 'string' || apiVersion === '' || fieldsType !== 'FieldsV1') return undefined
  const set = decodeSet(fieldsV1 ?? {})
  if (set === undefined) return undefined
  return {
    manager: typeof manager === 'string' ? manager : '',
    operation,
    apiVersion,
    ...(typeof subresource === 'string' && subresource !== '' ? { subresource } : {}),
    ...(typeof time === 'string' ? { time } : {}),
    set,
  }
}

/** Sets read lately, by their text: the objects of a workspace are owned alike, so that most of them are one set. */
const knownSets = new Map<string, FieldSet>()
const MAX_KNOWN = 1_000

function decodeSet(fieldsV1: JsonValue): FieldSet | undefined {
  const text = JSON.stringify(fieldsV1)
  const known = knownSets.get(text)
  if (known !== undefined) return known
  if (!isFieldsV1(fieldsV1)) return undefined
  const set = decodeFieldsV1(isJsonObject(fieldsV1) ? fieldsV1 : {})
  if (knownSets.size >= MAX_KNOWN) knownSets.clear()
  knownSets.set(text, set)
  return set
}

const encodedSets = new WeakMap<FieldSet, JsonObject>()

function encodeSet(set: FieldSet): JsonObject {
  const known = encodedSets.get(set)
  if (known !== undefined) return known
  const encoded = encodeFieldsV1(set)
  encodedSets.set(set, encoded)
  return encoded
}

/** Writes entries in the server's order: operation, time, manager, API version, subresource (`managedfields.go`). */
export function encodeManagedFields(entries: ManagedEntries): JsonArray {
  return [...entries.values()].sort(compareEntries).map((entry) => ({
    apiVersion: entry.apiVersion,
    fieldsType: 'FieldsV1',
    fieldsV1: encodeSet(entry.set),
    ...(entry.manager === '' ? {} : { manager: entry.manager }),
    operation: entry.operation,
    ...(entry.subresource === undefined ? {} : { subresource: entry.subresource }),
    ...(entry.time === undefined ? {} : { time: entry.time }),
  }))
}

function compareEntries(a: ManagedEntry, b: ManagedEntry): number {
  return (
    compareText(a.operation, b.operation) ||
    secondsOf(a) - secondsOf(b) ||
    compareText(a.manager, b.manager) ||
    compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource ?? '', b.subresource ?? '')
  )
}

/** Unix seconds of an entry's time, 0 without one. */
export function secondsOf(entry: Pick<ManagedEntry, 'time'>): number {
  return entry.time === undefined ? 0 : Math.floor(Date.parse(entry.time) / 1000)
}

/** The object with other managedFields; none at all when there are no entries. */
export function withManagedFields(object: JsonObject, entries: ManagedEntries): JsonObject {
  const { managedFields: _, ...metadata } = metadataOf(object)
  const list: JsonValue = encodeManagedFields(entries)
  return { ...object, metadata: entries.size === 0 ? metadata : { ...metadata, managedFields: list } }
}

/** The object without managedFields. */
export function withoutManagedFields(object: JsonObject): JsonObject {
  const metadata = metadataOf(object)
  if (!Object.hasOwn(metadata, 'managedFields')) return object
  const { managedFields: _, ...rest } = metadata
  return { ...object, metadata: rest }
}
