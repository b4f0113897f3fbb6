import type { MissingPermission } from '../cluster/permission-error.ts'
import type { JsonValue } from '../util/json.ts'
import { count, type Decode, flag, listOf, mapOf, object, oneOf, optional, text } from './decode.ts'
import type { Members } from './members.ts'
import { type PackedPart, packedObjects } from './recorded-objects.ts'
import type { ClusterRecord, Denial, GroupRecord, KindRecord } from './types.ts'

/** What a cluster answered, as the file has it. */
export function decodeCluster(value: JsonValue | undefined, at: string, members: Members): ClusterRecord {
  const cluster = object(value, at)
  return {
    context: text(cluster['context'], `${at}.context`),
    server: text(cluster['server'], `${at}.server`),
    fingerprint: text(cluster['fingerprint'], `${at}.fingerprint`),
    version: text(cluster['version'], `${at}.version`),
    groups: mapOf(decodeGroup)(cluster['groups'], `${at}.groups`),
    kinds: listOf((kind, here) => decodeKind(kind, here, members))(cluster['kinds'], `${at}.kinds`),
  }
}

const decodeGroup: Decode<GroupRecord> = (value, at) => {
  const group = object(value, at)
  return {
    hash: text(group['hash'], `${at}.hash`),
    ...optional(group, 'served', mapOf(text), at),
    ...optional(group, 'schemas', object, at),
  }
}

function decodeKind(value: JsonValue | undefined, at: string, members: Members): KindRecord {
  const kind = object(value, at)
  const texts = (field: string): readonly string[] => listOf(text)(kind[field], `${at}.${field}`)
  return {
    apiVersion: text(kind['apiVersion'], `${at}.apiVersion`),
    kind: text(kind['kind'], `${at}.kind`),
    plural: text(kind['plural'], `${at}.plural`),
    namespaced: flag(kind['namespaced'], `${at}.namespaced`),
    rootName: text(kind['rootName'], `${at}.rootName`),
    known: kind['known'] === 'everywhere' ? 'everywhere' : texts('known'),
    ours: texts('ours'),
    objects: packedObjects(listOf((part, here) => decodePart(part, here, members))(kind['parts'], `${at}.parts`), at),
    tokens: texts('tokens'),
    settled: mapOf(text)(kind['settled'], `${at}.settled`),
    others: texts('others'),
    absent: texts('absent'),
    denied: listOf(decodeDenial)(kind['denied'], `${at}.denied`),
  }
}

function decodePart(value: JsonValue | undefined, at: string, members: Members): PackedPart {
  const part = object(value, at)
  const packed = members.take(count(part['bytes'], `${at}.bytes`))
  return { ...optional(part, 'namespace', text, at), text: packed }
}

const decodeDenial: Decode<Denial> = (value, at) => {
  const denial = object(value, at)
  return {
    verb: oneOf('get', 'list')(denial['verb'], `${at}.verb`),
    ...optional(denial, 'name', text, at),
    ...optional(denial, 'namespace', text, at),
    missing: decodeMissing(denial['missing'], `${at}.missing`),
  }
}

const decodeMissing: Decode<MissingPermission> = (value, at) => {
  const missing = object(value, at)
  return {
    verb: text(missing['verb'], `${at}.verb`),
    resource: text(missing['resource'], `${at}.resource`),
    group: text(missing['group'], `${at}.group`),
    ...optional(missing, 'namespace', text, at),
    ...optional(missing, 'user', text, at),
  }
}
