import type { JsonObject, JsonValue } from '../../util/json.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import { propertiesOf } from './properties.ts'

/** One entry of `x-kubernetes-validations`. */
export type CrdRule = {
  readonly rule: string
  readonly message?: string
  readonly messageExpression?: string
  readonly reason?: string
  readonly fieldPath?: string
  readonly optionalOldSelf: boolean
}

/** The rules of a schema's node and, where there are any, of the nodes below it. */
export type CrdRules = {
  readonly schema: JsonObject
  readonly rules: readonly CrdRule[]
  readonly properties: ReadonlyMap<string, CrdRules>
  readonly items?: CrdRules
  readonly additionalProperties?: CrdRules
  /** How many rules stand inside of an allOf, where they are not looked at. */
  readonly unread: number
}

const KEY = 'x-kubernetes-validations'
const known = new WeakMap<JsonObject, boolean>()

/** Whether a kind's structural schema holds rules anywhere. Looked for once per schema. */
export function hasCrdRules(schema: JsonObject): boolean {
  const before = known.get(schema)
  if (before !== undefined) return before
  const found = holdsRules(schema)
  known.set(schema, found)
  return found
}

function holdsRules(schema: JsonObject): boolean {
  const own = schema[KEY]
  if (isJsonArray(own) && own.length > 0) return true
  return childrenOf(schema).some(holdsRules)
}

function childrenOf(schema: JsonObject): readonly JsonObject[] {
  const { items, additionalProperties } = schema
  return [...Object.values(propertiesOf(schema)), items, additionalProperties].filter(isJsonObject)
}

/**
 * The rules of a kind's structural schema (OpenAPI v3 as in the CRD, or as the API server publishes it), by the nodes they
 * stand at; undefined when there are none.
 */
export function crdRulesOf(schema: JsonObject): CrdRules | undefined {
  if (!hasCrdRules(schema)) return undefined
  const before = collected.get(schema)
  const rules = before ?? collect(schema)
  if (before === undefined) collected.set(schema, rules)
  return rules
}

const collected = new WeakMap<JsonObject, CrdRules>()

function collect(schema: JsonObject): CrdRules {
  const { items, additionalProperties } = schema
  const below = isJsonObject(items) ? crdRulesOf(items) : undefined
  const additional = isJsonObject(additionalProperties) ? crdRulesOf(additionalProperties) : undefined
  const properties = Object.entries(propertiesOf(schema)).flatMap(([name, property]) => {
    const rules = isJsonObject(property) ? crdRulesOf(property) : undefined
    return rules === undefined ? [] : [[name, rules] as const]
  })
  const all = schema['allOf']
  return {
    schema,
    rules: rulesAt(schema),
    properties: new Map(properties),
    ...(below === undefined ? {} : { items: below }),
    ...(additional === undefined ? {} : { additionalProperties: additional }),
    unread: isJsonArray(all) ? all.filter(isJsonObject).reduce((sum, part) => sum + countRules(part), 0) : 0,
  }
}

function countRules(schema: JsonObject): number {
  return rulesAt(schema).length + childrenOf(schema).reduce((sum, child) => sum + countRules(child), 0)
}

function rulesAt(schema: JsonObject): readonly CrdRule[] {
  const own = schema[KEY]
  return isJsonArray(own) ? own.flatMap(ruleOf) : []
}

/** An empty rule is one that always holds. */
function ruleOf(value: JsonValue): readonly CrdRule[] {
  if (!isJsonObject(value)) return []
  const { rule, message, messageExpression, reason, fieldPath } = value
  if (typeof rule !== 'string' || rule.trim() === '') return []
  return [
    {
      rule,
      ...(typeof message === 'string' && message !== '' ? { message } : {}),
      ...(typeof messageExpression === 'string' && messageExpression !== '' ? { messageExpression } : {}),
      ...(typeof reason === 'string' ? { reason } : {}),
      ...(typeof fieldPath === 'string' && fieldPath !== '' ? { fieldPath } : {}),
      optionalOldSelf: value['optionalOldSelf'] === true,
    },
  ]
}
