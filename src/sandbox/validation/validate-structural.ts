import type { JsonArray, JsonObject, JsonValue } from '../../util/json.ts'
import { canonicalJson, isJsonArray, isJsonObject, jsonEquals } from '../../util/json.ts'
import { duplicate, invalidValue, notSupported, required, tooLong, tooMany, wrongType } from '../field-error.ts'
import { fieldsOf } from '../fields.ts'
import type { Cause } from '../refusal.ts'
import { compilePattern, STRING_FORMATS } from './formats.ts'

/**
 * Validates a custom resource against its CRD's schema, in the real server's words.
 * Source: k8s.io/kube-openapi, pkg/validation/validate; apiextensions-apiserver, pkg/apiserver/validation and
 * schema/listtype.
 */
export function validateStructural(value: JsonValue, schema: JsonObject, path = ''): readonly Cause[] {
  const causes: Cause[] = []
  validate(value, schema, path, causes)
  validateLists(value, schema, path, causes)
  return causes
}

function validate(value: JsonValue, schema: JsonObject, path: string, causes: Cause[]): void {
  if (value === null) {
    if (schema['nullable'] === true) return
    const type = typesOf(schema)
    if (type !== '') causes.push(wrongType(path, 'null', inBody(path, `must be of type ${type}: "null"`)))
    return
  }
  typeCauses(value, schema, path, causes)
  combinations(value, schema, path, causes)
  if (typeof value === 'string') stringCauses(value, schema, path, causes)
  if (typeof value === 'number') numberCauses(value, schema, path, causes)
  if (isJsonArray(value)) listCauses(value, schema, path, causes)
  enumCauses(value, schema, path, causes)
  if (isJsonObject(value)) objectCauses(value, schema, path, causes)
}

function typeCauses(value: JsonValue, schema: JsonObject, path: string, causes: Cause[]): void {
  const expected = typesOf(schema)
  const found = typeOf(value)
  const fits =
    expected === '' || expected.split(',').some((type) => type === found || (type === 'number' && found === 'integer'))
  if (!fits) causes.push(wrongType(path, found, inBody(path, `must be of type ${expected}: "${found}"`)))
}

function stringCauses(value: string, schema: JsonObject, path: string, causes: Cause[]): void {
  const length = [...value].length
  const { maxLength, minLength, pattern, format } = schema
  if (typeof maxLength === 'number' && length > maxLength) causes.push(tooLong(path, maxLength))
  if (typeof minLength === 'number' && length < minLength) {
    causes.push(invalidValue(path, value, inBody(path, `should be at least ${minLength} chars long`)))
  }
  if (typeof pattern === 'string' && compilePattern(pattern)?.test(value) === false) {
    causes.push(invalidValue(path, value, inBody(path, `should match '${pattern}'`)))
  }
  const check = typeof format === 'string' ? STRING_FORMATS.get(format) : undefined
  if (check !== undefined && !check(value)) {
    causes.push({
      reason: 'FieldValueTypeInvalid',
      message: `Invalid value: ${JSON.stringify(value)}: ${inBody(path, `must be of type ${String(format)}: ${JSON.stringify(value)}`)}`,
      field: path,
    })
  }
}

function numberCauses(value: number, schema: JsonObject, path: string, causes: Cause[]): void {
  const range = outOfRange(value, schema)
  if (range !== undefined) {
    causes.push(invalidValue('<nil>', '', `Checked value must be of type ${range} in ${path}`))
  }
  const factor = schema['multipleOf']
  if (typeof factor === 'number') causes.push(...multipleCauses(value, factor, path))
  const { maximum, minimum } = schema
  const below = schema['exclusiveMaximum'] === true
  const above = schema['exclusiveMinimum'] === true
  if (typeof maximum === 'number' && (below ? value >= maximum : value > maximum)) {
    const words = below ? 'less than' : 'less than or equal to'
    causes.push(invalidValue(path, value, inBody(path, `should be ${words} ${maximum}`)))
  }
  if (typeof minimum === 'number' && (above ? value <= minimum : value < minimum)) {
    const words = above ? 'greater than' : 'greater than or equal to'
    causes.push(invalidValue(path, value, inBody(path, `should be ${words} ${minimum}`)))
  }
}

/** A whole number is compared in whole numbers, the factor cut to one: the real server's way, odd as it is. */
function multipleCauses(value: number, factor: number, path: string): readonly Cause[] {
  const whole = Number.isInteger(value)
  const by = whole ? Math.trunc(factor) : factor
  if (by <= 0) {
    return [invalidValue(path, by, `factor MultipleOf declared for ${path} must be positive: ${by}`)]
  }
  const times = by < 1 ? (1 / by) * value : value / by
  return Number.isInteger(times) ? [] : [invalidValue(path, value, inBody(path, `should be a multiple of ${by}`))]
}

function outOfRange(value: number, schema: JsonObject): string | undefined {
  const { type, format } = schema
  if (type !== 'integer') return undefined
  if (format === 'int32') {
    const fits = Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31
    return fits ? undefined : 'integer with format int32'
  }
  if (Number.isInteger(value)) return undefined
  return format === 'int64' ? 'integer with format int64' : 'integer (default format)'
}

function listCauses(value: JsonArray, schema: JsonObject, path: string, causes: Cause[]): void {
  const { items, minItems, maxItems } = schema
  if (isJsonObject(items)) {
    value.forEach((item, index) => {
      validate(item, items, `${path}[${index}]`, causes)
    })
  }
  if (typeof minItems === 'number' && value.length < minItems) {
    causes.push(invalidValue(path, value.length, inBody(path, `should have at least ${minItems} items`)))
  }
  if (typeof maxItems === 'number' && value.length > maxItems) causes.push(tooMany(path, value.length, maxItems))
}

function enumCauses(value: JsonValue, schema: JsonObject, path: string, causes: Cause[]): void {
  const allowed = schema['enum']
  if (!isJsonArray(allowed) || allowed.some((item) => jsonEquals(item, value))) return
  const texts = allowed.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)))
  causes.push(notSupported(path, value, texts))
}

function objectCauses(value: JsonObject, schema: JsonObject, path: string, causes: Cause[]): void {
  countCauses(value, schema, path, causes)
  const needed = schema['required']
  for (const key of isJsonArray(needed) ? needed : []) {
    if (!Object.hasOwn(value, String(key))) causes.push(required(join(path, String(key))))
  }
  for (const [key, item] of Object.entries(value)) {
    const property = propertyOf(schema, key)
    if (property !== undefined) validate(item, property, join(path, key), causes)
  }
}

function countCauses(value: JsonObject, schema: JsonObject, path: string, causes: Cause[]): void {
  const { minProperties, maxProperties } = schema
  const count = Object.keys(value).length
  if (typeof minProperties === 'number' && count < minProperties) {
    causes.push(invalidValue(path, count, inBody(path, `should have at least ${minProperties} properties`)))
  }
  if (typeof maxProperties === 'number' && count > maxProperties) causes.push(tooMany(path, count, maxProperties))
}

/** The schema of a key: its own, or the one of all undeclared keys. */
function propertyOf(schema: JsonObject, key: string): JsonObject | undefined {
  const properties = fieldsOf(schema['properties'])
  const property = Object.hasOwn(properties, key) ? properties[key] : schema['additionalProperties']
  return isJsonObject(property) ? property : undefined
}

function combinations(value: JsonValue, schema: JsonObject, path: string, causes: Cause[]): void {
  const { anyOf, oneOf, allOf, not } = schema
  if (isJsonArray(anyOf)) anyOfCauses(value, anyOf, path, causes)
  if (isJsonArray(oneOf)) {
    const good = oneOf.filter((option) => problemsOf(value, option, path).length === 0).length
    if (good !== 1) {
      const found = good === 0 ? '. Found none valid' : `. Found ${good} valid alternatives`
      causes.push(invalidValue('<nil>', '', `"${path}" must validate one and only one schema (oneOf)${found}`))
    }
    if (good === 0) causes.push(...fewest(value, oneOf, path))
  }
  if (isJsonArray(allOf)) {
    const failed = allOf.flatMap((option) => problemsOf(value, option, path))
    if (failed.length > 0) causes.push(invalidValue('<nil>', '', `"${path}" must validate all the schemas (allOf)`))
    causes.push(...failed)
  }
  if (isJsonObject(not) && problemsOf(value, not, path).length === 0) {
    causes.push(invalidValue('<nil>', '', `"${path}" must not validate the schema (not)`))
  }
}

function anyOfCauses(value: JsonValue, anyOf: JsonArray, path: string, causes: Cause[]): void {
  if (anyOf.some((option) => problemsOf(value, option, path).length === 0)) return
  causes.push(invalidValue('<nil>', '', `"${path}" must validate at least one schema (anyOf)`))
  causes.push(...fewest(value, anyOf, path))
}

/** The problems of the option that comes nearest. */
function fewest(value: JsonValue, options: JsonArray, path: string): readonly Cause[] {
  const all = options.map((option) => problemsOf(value, option, path))
  return all.reduce((best, next) => (next.length < best.length ? next : best), all[0] ?? [])
}

function problemsOf(value: JsonValue, schema: JsonValue, path: string): readonly Cause[] {
  const causes: Cause[] = []
  if (isJsonObject(schema)) validate(value, schema, path, causes)
  return causes
}

/** Duplicates in lists that are sets or maps; checked apart, after everything else. */
function validateLists(value: JsonValue, schema: JsonObject, path: string, causes: Cause[]): void {
  if (isJsonArray(value)) {
    const items = schema['items']
    const keyOf = listKey(schema)
    if (keyOf !== undefined) causes.push(...duplicates(value, keyOf, path))
    if (!isJsonObject(items)) return
    value.forEach((item, index) => {
      validateLists(item, items, `${path}[${index}]`, causes)
    })
    return
  }
  if (!isJsonObject(value)) return
  for (const [key, item] of Object.entries(value)) {
    const property = propertyOf(schema, key)
    if (property !== undefined) validateLists(item, property, join(path, key), causes)
  }
}

function listKey(schema: JsonObject): ((item: JsonValue) => JsonValue) | undefined {
  if (schema['x-kubernetes-list-type'] === 'set') return (item) => item
  if (schema['x-kubernetes-list-type'] !== 'map') return undefined
  const keys = isJsonArray(schema['x-kubernetes-list-map-keys']) ? schema['x-kubernetes-list-map-keys'] : []
  return (item) =>
    Object.fromEntries(
      keys.flatMap((key) => {
        const value = isJsonObject(item) ? item[String(key)] : undefined
        return value === undefined ? [] : [[String(key), value] as const]
      }),
    )
}

function duplicates(list: JsonArray, keyOf: (item: JsonValue) => JsonValue, path: string): readonly Cause[] {
  const seen = new Set<string>()
  return list.flatMap((item, index) => {
    const key = keyOf(item)
    const text = canonicalJson(key)
    if (!seen.has(text)) {
      seen.add(text)
      return []
    }
    return [duplicate(`${path}[${index}]`, key)]
  })
}

function typesOf(schema: JsonObject): string {
  if (schema['x-kubernetes-int-or-string'] === true) return 'integer,string'
  const type = schema['type']
  return typeof type === 'string' ? type : ''
}

function typeOf(value: JsonValue): string {
  if (isJsonArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return value === null ? 'null' : typeof value
}

function inBody(path: string, words: string): string {
  return `${path} in body ${words}`
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
