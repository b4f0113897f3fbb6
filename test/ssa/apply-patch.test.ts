import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { metadataOf } from '../../src/kube/ref.ts'
import { applyPatch } from '../../src/ssa/apply-patch.ts'
import { difference, type FieldSet, isEmpty, setEquals, setOf, union } from '../../src/ssa/field-set.ts'
import { decodeManagedFields, type ManagedEntry, withoutManagedFields } from '../../src/ssa/managed-fields.ts'
import { formatPath } from '../../src/ssa/path-element.ts'
import { toFieldSet } from '../../src/ssa/to-field-set.ts'
import { trackUpdate } from '../../src/ssa/track-update.ts'
import type { ApplyOutcome } from '../../src/ssa/types.ts'
import { isJsonObject, type JsonObject, jsonEquals } from '../../src/util/json.ts'
import { RUNS, samples, sampleType } from './arbitrary.ts'

const type = sampleType()
const T1 = '2026-01-01T00:00:01Z'
const T2 = '2026-01-01T00:00:02Z'
const T3 = '2026-01-01T00:00:03Z'

type Options = { readonly by?: string; readonly force?: boolean; readonly now?: string }

function apply(live: JsonObject | undefined, patch: JsonObject, options: Options = {}): ApplyOutcome {
  const { by = 'obol', force = false, now = T1 } = options
  return applyPatch({ live, patch, manager: by, force, type, now })
}

function applied(live: JsonObject | undefined, patch: JsonObject, options: Options = {}): JsonObject {
  const outcome = apply(live, patch, options)
  assert.equal(outcome.result, 'applied', JSON.stringify(outcome))
  return outcome.result === 'applied' ? outcome.object : {}
}

function sample(spec: JsonObject, more: JsonObject = {}): JsonObject {
  return { apiVersion: 'ssa.test/v1', kind: 'Sample', metadata: { name: 'x', namespace: 'default' }, spec, ...more }
}

function ownersOf(object: JsonObject): readonly ManagedEntry[] {
  return [...(decodeManagedFields(object)?.values() ?? [])]
}

const specOf = (object: JsonObject): unknown => object['spec']
const DEFAULTS = { def: 'd', defs: { one: 1, two: ['a'] }, nilDef: 'filled' }

describe('applyPatch', () => {
  test('default: a first apply stores the patch with defaults that nobody owns', () => {
    const object = applied(undefined, sample({ s: 'x', byName: { a: {} } }))
    assert.deepEqual(specOf(object), { ...DEFAULTS, s: 'x', byName: { a: { mode: 'auto' } } })
    assert.deepEqual(metadataOf(object)['managedFields'], [
      {
        apiVersion: 'ssa.test/v1',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:spec': { 'f:byName': { 'f:a': {} }, 'f:s': {} } },
        manager: 'obol',
        operation: 'Apply',
        time: T1,
      },
    ])
  })

  test('behavior: an apply that only takes ownership gives its entry no time', () => {
    const first = applied(undefined, sample({ s: 'x' }), { by: 'a' })
    const second = apply(first, sample({ s: 'x' }), { by: 'b', now: T2 })
    assert.ok(second.result === 'applied' && second.changed)
    assert.deepEqual(
      ownersOf(second.object).map(({ manager, time }) => [manager, time]),
      [
        ['b', undefined],
        ['a', T1],
      ],
    )
  })

  test('behavior: a foreign key of a granular map stays, with force too', () => {
    const live = trackUpdate({
      live: undefined,
      object: sample({ gm: { perRequest: '0.002' } }),
      manager: 'kubectl',
      type,
      now: T1,
    })
    for (const force of [false, true]) {
      const object = applied(live, sample({ gm: { perMTok: '23' } }), { force })
      assert.deepEqual(specOf(object), { ...DEFAULTS, gm: { perRequest: '0.002', perMTok: '23' } })
    }
  })

  test('behavior: a conflict has the path, the elements, the owner and when it wrote', () => {
    const live = trackUpdate({
      live: undefined,
      object: sample({ kl: [{ name: 'a', v: '1' }] }),
      manager: 'u',
      type,
      now: T1,
    })
    const outcome = apply(live, sample({ kl: [{ name: 'a', v: '2' }] }), { now: T2 })
    assert.deepEqual(outcome, {
      result: 'conflict',
      conflicts: [
        {
          manager: 'u/Update',
          operation: 'Update',
          name: 'u',
          apiVersion: 'ssa.test/v1',
          time: T1,
          elements: ['f:spec', 'f:kl', 'k:{"name":"a"}', 'f:v'],
          path: '.spec.kl[name="a"].v',
        },
      ],
    })
  })

  test('behavior: what is on an untracked object belongs to before-first-apply, status excepted', () => {
    const live = sample({ s: 'x', ...DEFAULTS }, { status: { phase: 'Ready' } })
    const object = applied(live, sample({ s: 'x' }), { now: T2 })
    const [own, before] = ownersOf(object)
    assert.equal(own?.time, undefined)
    assert.equal(before?.manager, 'before-first-apply')
    assert.equal(before?.time, T2)
    assert.equal(JSON.stringify(metadataOf(object)['managedFields']).includes('f:status'), false)
  })

  test('behavior: status is neither written nor owned where it has an endpoint of its own', () => {
    const created = applied(undefined, sample({ s: 'x' }, { status: { phase: 'New' } }))
    assert.equal(created['status'], undefined)
    const live = { ...created, status: { phase: 'Ready' } }
    const outcome = apply(live, sample({ s: 'x' }, { status: { phase: 'Other' } }), { now: T2 })
    assert.deepEqual(outcome, { result: 'applied', object: live, changed: false })
  })

  test('behavior: with two appliers, a time that moves an entry is a change; without, it is none', () => {
    const patch = sample({ def: null, s: 'x' })
    const alone = applied(undefined, patch, { by: 'a' })
    assert.deepEqual(apply(alone, patch, { by: 'a', now: T2 }), { result: 'applied', object: alone, changed: false })
    const both = applied(alone, sample({ n: 1 }), { by: 'b', now: T2 })
    const again = apply(both, patch, { by: 'a', now: T3 })
    assert.ok(again.result === 'applied' && again.changed)
    assert.deepEqual(
      ownersOf(again.object).map(({ manager, time }) => [manager, time]),
      [
        ['b', T2],
        ['a', T3],
      ],
    )
  })

  test('behavior: what the merge keeps and reading prunes is owned but not in the object', () => {
    const patch = sample({ half: { known: { v: 'v', nope: 1 }, other: { x: 1 } }, any: null })
    const object = applied(undefined, patch)
    assert.deepEqual(specOf(object), { ...DEFAULTS, half: { known: { v: 'v' }, other: { x: 1 } } })
    const fields = JSON.stringify(metadataOf(object)['managedFields'])
    assert.ok(fields.includes('f:nope') && fields.includes('f:any'))
  })

  test('behavior: empty labels are owned but never read, so each apply of them is a change', () => {
    const patch = sample({ s: 'x' }, { metadata: { name: 'x', labels: {}, annotations: null } })
    const first = applied(undefined, patch)
    assert.equal(metadataOf(first)['labels'], undefined)
    assert.ok(JSON.stringify(metadataOf(first)['managedFields']).includes('f:labels'))
    const second = apply(first, patch, { now: T2 })
    assert.ok(second.result === 'applied' && second.changed)
  })

  test('behavior: a map that its owner empties becomes null', () => {
    const live = applied(undefined, sample({ gm: { k: 'v' }, s: 'x' }))
    assert.deepEqual(specOf(applied(live, sample({ gm: {} }))), { ...DEFAULTS, gm: null })
  })

  test('behavior: a key named __proto__ is a key like others', () => {
    const patch: JsonObject = JSON.parse(
      JSON.stringify(sample({})).replace('"spec":{}', '"spec":{"gm":{"__proto__":"p"}}'),
    )
    const live = applied(undefined, patch)
    assert.equal(JSON.stringify(specOf(live)).includes('"gm":{"__proto__":"p"}'), true)
    const more = applied(live, sample({ gm: { k: 'v' } }), { by: 'b' })
    const kept = applied(more, sample({}))
    assert.deepEqual(specOf(kept), { ...DEFAULTS, gm: { k: 'v' } })
  })

  test('error: an undeclared field, duplicates, managedFields and unreadable owners are refused', () => {
    const refused = (live: JsonObject | undefined, patch: JsonObject): readonly string[] => {
      const outcome = apply(live, patch)
      return outcome.result === 'invalid' ? outcome.errors.map(({ path, message }) => `${path}: ${message}`) : []
    }
    assert.deepEqual(refused(undefined, sample({ nope: 1 })), ['.spec.nope: field not declared in schema'])
    assert.deepEqual(refused(undefined, sample({ set: ['a', 'a'] })), ['.spec.set: duplicate entries for key [="a"]'])
    const metadata = { name: 'x', managedFields: [] }
    assert.deepEqual(refused(undefined, sample({}, { metadata })), ['.metadata.managedFields: must be nil'])
    const unreadable = sample({}, { metadata: { name: 'x', managedFields: [{ operation: 'Take' }] } })
    assert.deepEqual(refused(unreadable, sample({})), ['.metadata.managedFields: failed to decode managed fields'])
  })

  test('behavior: a live object may hold duplicates, which an apply of the item replaces', () => {
    const live = trackUpdate({
      live: undefined,
      object: sample({
        kl: [
          { name: 'a', v: '1' },
          { name: 'a', v: '2' },
        ],
      }),
      manager: 'u',
      type,
      now: T1,
    })
    const object = applied(live, sample({ kl: [{ name: 'a', v: '3' }] }), { force: true })
    assert.deepEqual(specOf(object), { ...DEFAULTS, kl: [{ name: 'a', v: '3' }] })
  })
})

describe('applyPatch, for any objects', () => {
  const check = (holds: (a: JsonObject, b: JsonObject) => void): void =>
    fc.assert(fc.property(samples, samples, holds), RUNS)
  const merged = (a: JsonObject, b: JsonObject): JsonObject =>
    applied(applied(undefined, a, { by: 'a' }), b, { by: 'b', force: true, now: T2 })

  test('behavior: applying again changes nothing', () => {
    check((a, b) => {
      const live = merged(a, b)
      assert.deepEqual(apply(live, b, { by: 'b', now: T3 }), { result: 'applied', object: live, changed: false })
    })
  })

  test('behavior: force never conflicts, and without it a conflict is a path that another owner holds', () => {
    check((a, b) => {
      const live = applied(undefined, a, { by: 'a' })
      const forced = applied(live, b, { by: 'b', force: true, now: T2 })
      const outcome = apply(live, b, { by: 'b', now: T2 })
      if (outcome.result !== 'conflict') {
        assert.deepEqual(outcome.result === 'applied' && outcome.object, forced)
        return
      }
      const [before] = ownersOf(live)
      const after = ownersOf(forced).find(({ manager }) => manager === 'a')
      assert.ok(before !== undefined)
      const lost = difference(before.set, after?.set ?? { members: new Set(), children: new Map() })
      for (const { elements, path, name } of outcome.conflicts) {
        assert.equal(name, 'a')
        assert.equal(path, formatPath(elements))
        assert.ok(hasIn(before.set, elements) && hasIn(lost, elements), path)
      }
    })
  })

  test('behavior: applying nothing removes just what only we owned', () => {
    check((a, b) => {
      const alone = applied(undefined, a, { by: 'a' })
      const both = apply(alone, b, { by: 'b', now: T2 })
      if (both.result !== 'applied') return
      const bare = { apiVersion: 'ssa.test/v1', kind: 'Sample', metadata: { name: 'x', namespace: 'default' } }
      const left = applied(both.object, bare, { by: 'b', now: T3 })
      assert.deepEqual(
        ownersOf(left).filter(({ manager }) => manager === 'b'),
        [],
      )
      // The defaults of what b added inside a map of its own go with it; what a owns is as it was.
      const mine = ownersOf(left).find(({ manager }) => manager === 'a')?.set
      const first = ownersOf(alone).find(({ manager }) => manager === 'a')?.set
      assert.ok(mine === undefined ? first === undefined : first !== undefined && setEquals(mine, first))
    })
  })

  test('behavior: owners own only what is there, and an owner’s set is what it applied', () => {
    check((a, b) => {
      const live = merged(a, b)
      // Empty labels are not stored, but who applied them keeps the claim, as on a real server.
      const there = union(everyPath(live), setOf([['f:metadata', 'f:labels']]))
      for (const { manager, set } of ownersOf(live)) assert.ok(isEmpty(difference(set, there)), manager)
      const claimed = toFieldSet(type.schema, type.root, b)
      const own = ownersOf(live).find(({ manager }) => manager === 'b')
      assert.ok(own === undefined || isEmpty(difference(own.set, claimed)))
    })
  })

  test('behavior: items stand in the order of the patch', () => {
    check((a, b) => {
      const names = (object: JsonObject): readonly unknown[] => {
        const spec = object['spec']
        const list = isJsonObject(spec) ? spec['kl'] : undefined
        return Array.isArray(list) ? list.map((item) => item.name) : []
      }
      const wanted = names(b)
      assert.deepEqual(
        names(merged(a, b)).filter((name) => wanted.includes(name)),
        wanted,
      )
    })
  })

  test('behavior: an update’s writer owns what it changed and nobody else does', () => {
    check((a, b) => {
      const live = applied(undefined, a, { by: 'a' })
      const object = trackUpdate({ live, object: b, manager: 'u', type, now: T2 })
      assert.ok(jsonEquals(withoutManagedFields(object), b))
      const owners = ownersOf(object)
      const updater = owners.find(({ manager }) => manager === 'u')
      const applier = owners.find(({ manager }) => manager === 'a')
      if (updater === undefined || applier === undefined) return
      const shared = difference(updater.set, difference(updater.set, applier.set))
      assert.ok(isEmpty(shared), JSON.stringify(metadataOf(object)['managedFields']))
    })
  })
})

/** Every path that anything in the object has: leaves as an applier claims them, and all that leads to them. */
function everyPath(object: JsonObject): FieldSet {
  const set = toFieldSet(type.schema, type.root, object)
  return union(set, withParents(set))
}

function withParents(set: FieldSet): FieldSet {
  const children = new Map([...set.children].map(([element, child]) => [element, withParents(child)] as const))
  return { members: new Set([...set.members, ...set.children.keys()]), children }
}

function hasIn(set: FieldSet, path: readonly string[]): boolean {
  const [first, ...rest] = path
  if (first === undefined) return false
  if (rest.length === 0) return set.members.has(first)
  const child = set.children.get(first)
  return child !== undefined && hasIn(child, rest)
}
