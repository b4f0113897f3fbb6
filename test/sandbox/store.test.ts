import assert from 'node:assert/strict'
import { test } from 'node:test'
import { metadataString } from '../../src/kube/ref.ts'
import { Store, type StoreEvent, storeKey } from '../../src/sandbox/store.ts'
import { configMap } from './with-sandbox.ts'

const KEY = '/configmaps'

function newStore(history = 100): Store {
  return new Store({ history, revisions: 3 })
}

function put(store: Store, name: string, value = '1', namespace = 'a'): void {
  const object = configMap(name, { value }, { namespace })
  store.commit({ type: 'put', resource: KEY, key: storeKey(namespace, name), object })
}

test('default', () => {
  const store = newStore()
  put(store, 'one')
  assert.equal(store.version, 2)
  const object = store.get(KEY, 'a/one')
  assert.equal(object === undefined ? undefined : metadataString(object, 'resourceVersion'), '2')
  store.commit({ type: 'delete', resource: KEY, key: 'a/one' })
  assert.equal(store.get(KEY, 'a/one'), undefined)
  assert.equal(store.version, 3)
})

test('behavior: lists are in key order, of one namespace or of all', () => {
  const store = newStore()
  for (const [name, namespace] of [
    ['z', 'a'],
    ['a', 'b'],
    ['b', 'a'],
    ['x', 'ab'],
  ] as const)
    put(store, name, '1', namespace)
  const names = (namespace?: string): readonly (string | undefined)[] =>
    store.list(KEY, namespace).map((object) => metadataString(object, 'name'))
  assert.deepEqual(names(), ['b', 'z', 'x', 'a'])
  assert.deepEqual(names('a'), ['b', 'z'])
  assert.deepEqual(names('none'), [])
})

test('behavior: listeners and the log see each change with what was there before', () => {
  const store = newStore()
  const seen: StoreEvent[] = []
  const stop = store.subscribe((event) => seen.push(event))
  put(store, 'one', '1')
  put(store, 'one', '2')
  store.commit({ type: 'delete', resource: KEY, key: 'a/one' })
  stop()
  put(store, 'two')
  assert.deepEqual(
    seen.map(({ type, version }) => [type, version]),
    [
      ['ADDED', 2],
      ['MODIFIED', 3],
      ['DELETED', 4],
    ],
  )
  assert.equal(seen[0]?.previous, undefined)
  assert.equal(seen[1]?.previous, seen[0]?.object)
  // The last state of a deleted object carries the version of its deletion.
  assert.equal(metadataString(seen[2]?.object ?? {}, 'resourceVersion'), '4')
  assert.deepEqual(
    store.eventsSince(3)?.map(({ version }) => version),
    [4, 5],
  )
})

test('behavior: what is older than the history is too old', () => {
  const store = newStore(4)
  for (let i = 0; i < 8; i++) put(store, 'one', `${i}`)
  assert.equal(store.eventsSince(1), undefined)
  assert.equal(store.eventsSince(store.version - 4)?.length, 4)
  store.forgetHistory()
  assert.equal(store.eventsSince(store.version - 1), undefined)
  assert.deepEqual(store.eventsSince(store.version), [])
})

test('behavior: the last revisions of an object are remembered, also when it is gone', () => {
  const store = newStore()
  for (const value of ['1', '2', '3', '4']) put(store, 'one', value)
  store.commit({ type: 'delete', resource: KEY, key: 'a/one' })
  const values = store.revisions('ConfigMap/a/one').map((object) => object['data'])
  assert.deepEqual(values, [{ value: '2' }, { value: '3' }, { value: '4' }])
  assert.deepEqual(store.revisions('ConfigMap/a/other'), [])
})

test('error: a deletion of nothing is a defect of the caller', () => {
  assert.throws(() => newStore().commit({ type: 'delete', resource: KEY, key: 'a/none' }), TypeError)
})
