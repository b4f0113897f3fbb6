import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maskObject } from '../../src/plan/mask-object.ts'
import { encodeTokens, keyIdOf, tokenise } from '../../src/snapshot/tokens.ts'
import { isJsonObject, type JsonObject, jsonAt } from '../../src/util/json.ts'

const KEY = Buffer.alloc(32, 7)
const TOKEN = /^\*\*\*hmac:[0-9a-f]{16}$/

function object(kind: string, rest: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind, metadata: { name: 'a' }, ...rest }
}

test('default: an object without secrets is itself, one with them is shown as before', () => {
  const plain = object('ConfigMap', { data: { a: 'https://host.example.com/x', b: 'me@example.com' } })
  assert.equal(tokenise(plain, KEY), plain)
  const secrets = [
    object('Secret', { data: { a: 'b25l' }, stringData: { b: 'two' } }),
    object('ConfigMap', {
      data: { url: 'https://u:p@h/x?token=abc', header: 'Bearer abcdefgh', json: '{"password":"a b"}' },
    }),
    object('Widget', {
      spec: { password: 'x', apiKey: 5, env: [{ name: 'API_TOKEN', value: 'v' }], keys: ['http://k@h'] },
    }),
  ]
  for (const secret of secrets) {
    const hidden = tokenise(secret, KEY)
    assert.notDeepEqual(hidden, secret)
    assert.deepEqual(maskObject(hidden), maskObject(secret))
    assert.deepEqual(tokenise(secret, KEY), hidden)
  }
})

test('behavior: the same text has the same token as data and as stringData; another key makes another', () => {
  const data = tokenise(object('Secret', { data: { k: Buffer.from('one two').toString('base64') } }), KEY)
  const words = tokenise(object('Secret', { stringData: { k: 'one two' } }), KEY)
  const token = jsonAt(data, ['data', 'k'])
  assert.ok(typeof token === 'string' && TOKEN.test(token))
  assert.equal(jsonAt(words, ['stringData', 'k']), token)
  assert.equal(jsonAt(encodeTokens(data), ['data', 'k']), Buffer.from(token).toString('base64'))
  const other = tokenise(object('Secret', { stringData: { k: 'one two' } }), Buffer.alloc(32, 8))
  assert.notEqual(jsonAt(other, ['stringData', 'k']), token)
  assert.notEqual(keyIdOf(KEY), keyIdOf(Buffer.alloc(32, 8)))
})

test('behavior: what is no base64 is never taken for the bytes of another value', () => {
  const dataOf = (k: string) => jsonAt(tokenise(object('Secret', { data: { k } }), KEY), ['data', 'k'])
  assert.notEqual(dataOf('YQ=='), dataOf('YQ'))
  assert.notEqual(dataOf('YQ=='), dataOf('a'))
})

test('behavior: values keep their type, so that the merge takes them', () => {
  const hidden = tokenise(object('Widget', { spec: { apiKey: 5, password: true, mnemonic: null } }), KEY)
  const { apiKey, password, mnemonic } = isJsonObject(hidden['spec']) ? hidden['spec'] : {}
  assert.ok(typeof apiKey === 'number' && Number.isSafeInteger(apiKey) && apiKey !== 5)
  assert.deepEqual([password, mnemonic], [true, null])
})

test('behavior: items of sets in managedFields are hidden like the items', () => {
  const url = 'https://u:p@host'
  const fieldsV1 = { 'f:spec': { 'f:urls': { [`v:${JSON.stringify(url)}`]: {}, 'k:{"name":"x"}': { '.': {} } } } }
  const hidden = tokenise(
    { ...object('Widget', { spec: { urls: [url] } }), metadata: { name: 'a', managedFields: [{ fieldsV1 }] } },
    KEY,
  )
  const item = jsonAt(hidden, ['spec', 'urls', 0])
  const names = Object.keys(jsonAt(hidden, ['metadata', 'managedFields', 0, 'fieldsV1', 'f:spec', 'f:urls']) ?? {})
  assert.deepEqual(names, [`v:${JSON.stringify(item)}`, 'k:{"name":"x"}'])
  assert.ok(!JSON.stringify(hidden).includes('u:p'))
})
