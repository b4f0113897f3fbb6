import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { kindSchemaOf } from '../../src/cluster/kind-schema.ts'
import { parseSources } from '../../src/offers/parse-sources.ts'
import { checkCrdRules } from '../../src/policy/crd-rules/check-crd-rules.ts'
import { crdRulesOf } from '../../src/policy/crd-rules/collect-rules.ts'
import { applyPatch } from '../../src/ssa/apply-patch.ts'
import { objectTypeFromCrd, objectTypeFromOpenApi } from '../../src/ssa/object-type.ts'
import type { ObjectType } from '../../src/ssa/types.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, jsonAt } from '../../src/util/json.ts'
import type { ApiResponse } from '../../tools/control-plane/api-request.ts'
import { forEachRealServer } from '../support/control-plane.ts'
import { RULE_CASES, type RuleCase } from './crd-rule-cases.ts'
import { HELD, NEWER_FUNCTIONS } from './crd-rule-expressions.ts'

const FILE = join(import.meta.dirname, '../fixtures/policy/crd-rules/crd.yaml')
const WANTED = { apiVersion: 'rules.example.org/v1', kind: 'Ruled' }
const OBJECTS = '/apis/rules.example.org/v1/namespaces/default/ruled'
const APPLY = 'application/apply-patch+yaml'

function crd(): JsonObject {
  const { documents } = parseSources([{ path: 'crd.yaml', text: readFileSync(FILE, 'utf8') }])
  const value = documents[0]?.value
  assert.ok(value)
  return value
}

function withoutRules(value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.map(withoutRules)
  if (!isJsonObject(value)) return value
  const kept = Object.entries(value).filter(([key]) => key !== 'x-kubernetes-validations')
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutRules(item)]))
}

const nameOf = (of: RuleCase): string => of.objectName ?? `case-${RULE_CASES.indexOf(of)}`

function objectOf(of: RuleCase, spec: JsonObject): JsonObject {
  return { ...WANTED, metadata: { name: nameOf(of), namespace: 'default' }, spec }
}

/** What the type predicts and its rules say, as `field: message`. */
function ours(type: ObjectType, of: RuleCase, live: JsonObject | undefined): { violated: string[]; unknown: string[] } {
  const patch = objectOf(of, of.spec)
  const outcome = applyPatch({ live, patch, manager: 'obol', force: false, type, now: '2026-01-01T00:00:00Z' })
  assert.equal(outcome.result, 'applied', of.name)
  const rules = crdRulesOf(type.structural ?? {})
  assert.ok(rules)
  const verdicts = outcome.result === 'applied' ? checkCrdRules(rules, outcome.object, live) : []
  return {
    violated: verdicts.flatMap((one) => (one.result === 'violated' ? [`${one.field}: ${one.message}`] : [])),
    unknown: verdicts.flatMap((one) => (one.result === 'not-checked' ? [one.reason] : [])),
  }
}

type Server = {
  readonly send: (method: string, path: string, body?: JsonValue, type?: string) => Promise<ApiResponse>
}

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tried = 0; tried < 300; tried += 1) {
    if (await holds()) return
    await delay(100)
  }
  assert.fail(what)
}

/** Stores what is there before, while no rule forbids it; then the rules. */
async function prepare({ send }: Server): Promise<void> {
  const created = await send('POST', DEFINITIONS, withoutRules(crd()))
  assert.equal(created.status, 201, created.text)
  await until('the kind is served', async () => (await send('GET', OBJECTS)).status === 200)
  for (const one of RULE_CASES) {
    if (one.before === undefined) continue
    const path = `${OBJECTS}/${nameOf(one)}?fieldManager=obol`
    const stored = await send('PATCH', path, objectOf(one, one.before), APPLY)
    assert.equal(stored.status, 201, `${one.name}: ${stored.text}`)
  }
  const ruled = await send('PATCH', `${DEFINITIONS}/ruled.rules.example.org`, crd(), 'application/merge-patch+json')
  assert.equal(ruled.status, 200, ruled.text)
  const probe = { ...WANTED, metadata: { name: 'probe' }, spec: { sized: 'a' } }
  await until('the rules hold', async () => (await send('POST', `${OBJECTS}?dryRun=All`, probe)).status === 422)
}

/** The type of the kind as the server publishes it, once its rules are in there. */
async function publishedType({ send }: Server): Promise<ObjectType> {
  let found: ObjectType | undefined
  await until('the schema holds the rules', async () => {
    const document = (await send('GET', '/openapi/v3/apis/rules.example.org/v1')).json()
    const kind = isJsonObject(document) ? kindSchemaOf(document, WANTED) : undefined
    found = kind && objectTypeFromOpenApi(kind)
    return crdRulesOf(found?.structural ?? {}) !== undefined
  })
  assert.ok(found)
  return found
}

/** Where the server and we differ in a case; undefined: nowhere. */
async function difference({ send }: Server, one: RuleCase, [served, defined]: readonly ObjectType[]): Promise<unknown> {
  assert.ok(served !== undefined && defined !== undefined)
  const path = `${OBJECTS}/${nameOf(one)}`
  const stored = one.before === undefined ? undefined : (await send('GET', path)).json()
  const live = isJsonObject(stored) ? stored : undefined
  const answer = await send('PATCH', `${path}?fieldManager=obol&dryRun=All`, objectOf(one, one.spec), APPLY)
  assert.ok([200, 201, 422].includes(answer.status), answer.text)
  const causes = jsonAt(JSON.parse(answer.text), ['details', 'causes'])
  const theirs = (isJsonArray(causes) ? causes : []).filter(isJsonObject)
  const [own, same] = [ours(served, one, live), ours(defined, one, live)]
  const isUnknown = one.isNotChecked === true
  const checks = {
    'schema as published and as defined': JSON.stringify(own) === JSON.stringify(same),
    'refused with causes': (answer.status === 422) === theirs.length > 0,
    'the fields of the case': isSameText(
      theirs.map(({ field }) => field ?? null),
      one.fields ?? [],
    ),
    'the same words': isSameSaid(own.violated, isUnknown ? [] : theirs),
    'what is not checked': own.unknown.length === (isUnknown ? 1 : 0),
  }
  const failed = Object.entries(checks).flatMap(([name, holds]) => (holds ? [] : [name]))
  return failed.length === 0 ? undefined : { case: one.name, failed, own, same, text: answer.text.slice(0, 300) }
}

function isSameText(a: readonly JsonValue[], b: readonly JsonValue[]): boolean {
  return JSON.stringify([...a].sort()) === JSON.stringify([...b].sort())
}

forEachRealServer((server, plane) => {
  test(`default: verdicts and messages are those of ${server.name}`, async () => {
    const send: Server['send'] = (method, path, body, type) => plane().request('admin', method, path, body, type)
    await prepare({ send })
    const defined = objectTypeFromCrd(crd(), 'v1')
    assert.ok(defined)
    const types = [await publishedType({ send }), defined]
    const found: unknown[] = []
    for (const one of RULE_CASES) found.push(await difference({ send }, one, types))
    assert.deepEqual(
      found.filter((item) => item !== undefined),
      [],
    )
  })
})

/** A kind with a field for each expression that has to hold. */
function expressionsCrd(fields: JsonObject): JsonObject {
  const spec = { type: 'object', properties: fields }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'held.rules.example.org' },
    spec: {
      group: 'rules.example.org',
      scope: 'Namespaced',
      names: { kind: 'Held', plural: 'held', singular: 'held', listKind: 'HeldList' },
      versions: [
        {
          ...{ name: 'v1', served: true, storage: true },
          schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
        },
      ],
    },
  }
}

forEachRealServer((server, plane) => {
  test(`behavior: expressions that hold here hold on ${server.name}`, async () => {
    const fields: Record<string, JsonValue> = {}
    const values: Record<string, JsonValue> = {}
    for (const { name, schema, value, rules } of HELD) {
      const known = rules.filter((rule) => server.version === 'newest' || !NEWER_FUNCTIONS.test(rule))
      for (const [i, rule] of known.entries()) {
        fields[`${name}${i}`] = { ...schema, 'x-kubernetes-validations': [{ rule }] }
        values[`${name}${i}`] = value
      }
    }
    const created = await plane().request('admin', 'POST', DEFINITIONS, expressionsCrd(fields))
    const causes = jsonAt(JSON.parse(created.text), ['details', 'causes'])
    assert.deepEqual(isJsonArray(causes) ? causes : [], [])
    assert.equal(created.status, 201, created.text)
    const objects = '/apis/rules.example.org/v1/namespaces/default/held'
    await until('the kind is served', async () => (await plane().request('admin', 'GET', objects)).status === 200)
    const object = { apiVersion: 'rules.example.org/v1', kind: 'Held', metadata: { name: 'all' }, spec: values }
    const answer = await plane().request('admin', 'POST', objects, object)
    assert.equal(answer.status, 201, answer.text)
  })
})

/** The server puts `Invalid value: …: ` before the words of a rule, and says of a duplicate only that it is one. */
function isSameSaid(own: readonly string[], theirs: readonly JsonObject[]): boolean {
  if (own.length !== theirs.length) return false
  return theirs.every(({ field, message }) =>
    own.some((said) => {
      const words = said.slice(`${field}: `.length)
      const text = String(message)
      return said.startsWith(`${field}: `) && (text.endsWith(`: ${words}`) || text.startsWith('Duplicate value'))
    }),
  )
}
