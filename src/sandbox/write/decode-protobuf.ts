import type { JsonObject, JsonValue } from '../../util/json.ts'
import { isJsonArray } from '../../util/json.ts'
import { fieldsOf } from '../fields.ts'
import { badRequest, notImplemented } from '../refusal.ts'
import { PROTOBUF_MESSAGES, type ProtobufField } from './protobuf-messages.ts'

const MAGIC = Buffer.from('k8s\0', 'latin1')

/**
 * Reads a body of `application/vnd.kubernetes.protobuf`, which kubectl's own commands send for core kinds.
 * Source: apimachinery, pkg/runtime/serializer/protobuf; protobuf encoding guide.
 * @throws Refusal 400 when it is broken, 501 for a kind or field the sandbox does not know.
 */
export function decodeProtobuf(bytes: Buffer): JsonObject {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC))
    throw badRequest('provided data does not appear to be a protobuf message')
  try {
    return readEnvelope(bytes.subarray(MAGIC.length))
  } catch (error) {
    if (error instanceof RangeError) throw badRequest('proto: unexpected EOF')
    throw error
  }
}

/** runtime.Unknown: 1 typeMeta {1 apiVersion, 2 kind}, 2 raw. */
function readEnvelope(bytes: Buffer): JsonObject {
  const fields = new Map(wireFields(bytes).map(({ number, value }) => [number, value]))
  const typeMeta = fields.get(1)
  const raw = fields.get(2) ?? Buffer.alloc(0)
  if (!Buffer.isBuffer(typeMeta) || !Buffer.isBuffer(raw)) throw badRequest('proto: wrong wiretype')
  const names = new Map(wireFields(typeMeta).map(({ number, value }) => [number, String(value)]))
  const kind = names.get(2) ?? ''
  if (PROTOBUF_MESSAGES[kind] === undefined) throw notImplemented(`protobuf bodies of kind ${JSON.stringify(kind)}`)
  return { apiVersion: names.get(1) ?? '', kind, ...readMessage(raw, kind) }
}

function readMessage(bytes: Buffer, message: string): JsonObject {
  const table = PROTOBUF_MESSAGES[message] ?? {}
  const out: Record<string, JsonValue> = {}
  for (const { number, value } of wireFields(bytes)) {
    const field = table[number]
    if (field === undefined) throw notImplemented(`field ${number} of protobuf message ${message}`)
    out[field.name] = withField(out[field.name], field, value)
  }
  return out
}

function withField(before: JsonValue | undefined, field: ProtobufField, value: Buffer | bigint): JsonValue {
  if (field.shape === 'list') return [...(isJsonArray(before) ? before : []), readValue(field, value)]
  if (field.shape !== 'map') return readValue(field, value)
  const entry = new Map(wireFields(bufferOf(value)).map((item) => [item.number, item.value]))
  const key = String(entry.get(1) ?? '')
  return { ...fieldsOf(before), [key]: readValue(field, entry.get(2) ?? Buffer.alloc(0)) }
}

function readValue(field: ProtobufField, value: Buffer | bigint): JsonValue {
  if (typeof field.type === 'object') return readMessage(bufferOf(value), field.type.message)
  switch (field.type) {
    case 'string':
      return bufferOf(value).toString('utf8')
    case 'bytes':
      return bufferOf(value).toString('base64')
    case 'bool':
      return value === 1n
    case 'int':
      return numberOf(value)
    case 'time':
      return readTime(bufferOf(value))
    case 'int-or-string':
      return readIntOrString(bufferOf(value))
    case 'fields-v1':
      return readFieldsV1(bufferOf(value))
  }
}

/** 1 seconds, 2 nanoseconds; the empty message is no time at all. */
function readTime(bytes: Buffer): JsonValue {
  const seconds = wireFields(bytes).find(({ number }) => number === 1)?.value
  return seconds === undefined ? null : `${new Date(numberOf(seconds) * 1000).toISOString().slice(0, 19)}Z`
}

/** 1 type (0 number, 1 text), 2 number, 3 text. */
function readIntOrString(bytes: Buffer): JsonValue {
  const fields = new Map(wireFields(bytes).map(({ number, value }) => [number, value]))
  return fields.get(1) === 1n ? String(fields.get(3) ?? '') : numberOf(fields.get(2) ?? 0n)
}

function readFieldsV1(bytes: Buffer): JsonValue {
  const raw = wireFields(bytes).find(({ number }) => number === 1)?.value
  const value: JsonValue = raw === undefined ? {} : JSON.parse(String(raw))
  return value
}

type WireField = { readonly number: number; readonly value: Buffer | bigint }

/** The fields of a message in order: varints as numbers, everything of a length as bytes. @throws RangeError. */
function wireFields(bytes: Buffer): readonly WireField[] {
  const fields: WireField[] = []
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes.readUInt8(at++)
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw new RangeError('varint')
  }
  while (at < bytes.length) {
    const key = Number(varint())
    const wireType = key & 7
    if (wireType === 0) {
      fields.push({ number: key >> 3, value: BigInt.asIntN(64, varint()) })
    } else if (wireType === 2) {
      const length = Number(varint())
      if (at + length > bytes.length) throw new RangeError('length')
      fields.push({ number: key >> 3, value: bytes.subarray(at, at + length) })
      at += length
    } else throw badRequest('proto: wrong wiretype')
  }
  return fields
}

function bufferOf(value: Buffer | bigint): Buffer {
  if (Buffer.isBuffer(value)) return value
  throw badRequest('proto: wrong wiretype')
}

function numberOf(value: Buffer | bigint): number {
  if (typeof value === 'bigint') return Number(value)
  throw badRequest('proto: wrong wiretype')
}
