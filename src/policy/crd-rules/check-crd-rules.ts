import type { Path } from '../../ssa/path-element.ts'
import type { JsonObject, JsonValue } from '../../util/json.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { CrdRule, CrdRules } from './collect-rules.ts'
import { areTransitions, evaluateText, holds, type Selves } from './judge-rule.ts'
import { counterpart, listMapKeys } from './properties.ts'
import { isRatcheted, type Ratchet, ratchetAt, rootRatchet } from './ratchet.ts'
import { ruleField } from './rule-field.ts'
import { schemaValue } from './schema-value.ts'
import { trimSpace } from './string-functions.ts'
import { type Budget, NotChecked } from './values.ts'

/** What one rule says of one place of an object. */
export type RuleVerdict =
  | {
      readonly result: 'violated'
      /** As the API server writes it: `spec.ports[0].name`; `<nil>` for the object itself. */
      readonly field: string
      /** The same place in the notation of plans; empty for the object itself. */
      readonly path: Path
      readonly message: string
      readonly rule: CrdRule
      /** Whether the message was made from the object's values. */
      readonly isComputed: boolean
    }
  | { readonly result: 'not-checked'; readonly rule?: CrdRule; readonly reason: string }

/** Steps of an expression, about 100 ns each; characters and items that are looked at count too. */
const MOST_STEPS = 2_000_000

/**
 * What the rules of a kind say of an object as it will be stored, as the API server evaluates them; only violations and rules
 * that could not be evaluated. `before`: the stored object, on an update. Pure, throws nothing, and ends: see MOST_STEPS.
 * Source: apiextensions-apiserver, schema/cel/validation.go.
 */
export function checkCrdRules(rules: CrdRules, after: JsonObject, before?: JsonObject): readonly RuleVerdict[] {
  const found: RuleVerdict[] = []
  const walk: Walk = { budget: { left: MOST_STEPS }, found }
  const ratchet = rootRatchet(after, before, rules.schema)
  checkNode(rules, after, { before, ratchet, path: [], field: '', isRoot: true }, walk)
  return found
}

type Walk = { readonly budget: Budget; readonly found: RuleVerdict[] }

type Place = {
  readonly before: JsonValue | undefined
  readonly ratchet: Ratchet
  readonly path: Path
  readonly field: string
  readonly isRoot: boolean
}

function checkNode(node: CrdRules, value: JsonValue, place: Place, walk: Walk): void {
  if (value === null) return
  if (node.rules.length > 0) checkHere(node, value, place, walk)
  if (node.unread > 0) walk.found.push({ result: 'not-checked', reason: 'rules inside of allOf' })
  if (isJsonArray(value)) checkItems(node, value, place, walk)
  else if (isJsonObject(value)) checkFields(node, value, place, walk)
}

function checkHere(node: CrdRules, value: JsonValue, place: Place, walk: Walk): void {
  const isRoot = place.isRoot || node.schema['x-kubernetes-embedded-resource'] === true
  const self = schemaValue(value, node.schema, isRoot)
  const before = place.before ?? null
  const oldSelf = before === null ? undefined : schemaValue(before, node.schema, isRoot)
  const selves: Selves = oldSelf === undefined ? { self } : { self, oldSelf }
  for (const rule of node.rules) {
    const verdict = checkRule(rule, selves, { node, place, budget: walk.budget })
    if (verdict !== undefined) walk.found.push(verdict)
  }
}

type Around = { readonly node: CrdRules; readonly place: Place; readonly budget: Budget }

function checkRule(rule: CrdRule, selves: Selves, { node, place, budget }: Around): RuleVerdict | undefined {
  const held = holds(rule, selves, budget)
  if (held instanceof NotChecked) return { result: 'not-checked', rule, reason: held.message }
  if (held.holds || (!held.usesOldSelf && isRatcheted(place.ratchet))) return undefined
  const shown = areTransitions(node.rules) ? selves : { self: selves.self }
  const computed = rule.messageExpression && evaluateText(rule.messageExpression, shown, budget)
  const fallback = rule.message === undefined ? `failed rule: ${trimSpace(rule.rule)}` : trimSpace(rule.message)
  const below = ruleField(rule.fieldPath, node.schema)
  const field = `${place.field}${below.field}`.replace(/^\./, '')
  return {
    result: 'violated',
    field: field === '' ? '<nil>' : field,
    path: [...place.path, ...below.path],
    message: computed ?? fallback,
    rule,
    isComputed: computed !== undefined,
  }
}

function checkItems(node: CrdRules, value: readonly JsonValue[], place: Place, walk: Walk): void {
  const { items, schema } = node
  if (items === undefined) return
  const before = isJsonArray(place.before) ? place.before : undefined
  for (const [i, item] of value.entries()) {
    const below: Place = {
      before: counterpart(schema, before, item),
      ratchet: ratchetAt(place.ratchet, i),
      path: [...place.path, itemElement(schema, item, i)],
      field: `${place.field}[${i}]`,
      isRoot: false,
    }
    checkNode(items, item, below, walk)
  }
}

/** How plans name an item: by its keys, by its value in a set, else by its position. */
function itemElement(schema: JsonObject, item: JsonValue, index: number): string {
  const type = schema['x-kubernetes-list-type']
  if (type === 'set' && !isJsonObject(item)) return `v:${JSON.stringify(item)}`
  if (type !== 'map' || !isJsonObject(item)) return `i:${index}`
  const keys = listMapKeys(schema).filter((key) => Object.hasOwn(item, key))
  return `k:${JSON.stringify(Object.fromEntries(keys.map((key) => [key, item[key] ?? null])))}`
}

function checkFields(node: CrdRules, value: JsonObject, place: Place, walk: Walk): void {
  const before = isJsonObject(place.before) ? place.before : undefined
  for (const [name, item] of Object.entries(value)) {
    const declared = node.properties.get(name)
    const below: Place = {
      before: before !== undefined && Object.hasOwn(before, name) ? before[name] : undefined,
      ratchet: ratchetAt(place.ratchet, name),
      path: [...place.path, `f:${name}`],
      field: declared === undefined ? `${place.field}[${name}]` : `${place.field}.${name}`,
      isRoot: false,
    }
    const rules = declared ?? node.additionalProperties
    if (rules !== undefined) checkNode(rules, item, below, walk)
  }
}
