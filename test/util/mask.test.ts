import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maskText } from '../../src/util/mask.ts'

const KEY = `ab${'cd'.repeat(15)}`
const SECRETS: readonly (readonly [name: string, text: string, masked: string])[] = [
  ['user and password in a URL', 'GET https://me:s3cret@host:6443/api failed', 'GET https://***@host:6443/api failed'],
  ['token in a URL', 'wss://t0ken@host/x', 'wss://***@host/x'],
  ['password with a colon', 'redis://a:b:c@h/0', 'redis://***@h/0'],
  ['several URLs', 'http://a:b@x http://c:d@y', 'http://***@x http://***@y'],
  ['key in the path of an RPC node', `https://base.example.org/v2/${KEY}`, 'https://base.example.org/v2/***'],
  ['bearer token', 'Authorization: Bearer abc.DEF-123_456', 'Authorization: Bearer ***'],
  ['basic credentials', 'authorization: basic dXNlcjpwYXNz', 'authorization: basic ***'],
  ['service account token', `x eyJhbGciOiJSUzI1.eyJpc3MiOiJr.${KEY} y`, 'x *** y'],
  ['query parameters', 'https://h/p?a=1&api_key=zzz&token=yyy#f', 'https://h/p?a=1&api_key=***&token=***#f'],
  ['JSON field', '{"password":"a b","n":1}', '{"password":***,"n":1}'],
  ['token of a snapshot', 'a ***hmac:0123456789abcdef b', 'a *** b'],
  ['YAML field', 'client-key-data: QUJD\nother: 1', 'client-key-data: ***\nother: 1'],
]

for (const [name, text, masked] of SECRETS) {
  test(`default: ${name}`, () => {
    assert.equal(maskText(text), masked)
    assert.equal(maskText(masked), masked)
  })
}

test('default: a private key, whole or cut off', () => {
  const body = 'MIIEvQIBADANBg\nkqhkiG9w0BAQEF\n'
  const pem = `-----BEGIN EC PRIVATE KEY-----\n${body}-----END EC PRIVATE KEY-----`
  assert.equal(maskText(`a ${pem} b`), 'a *** (private key) b')
  assert.ok(!maskText(pem.slice(0, 50)).includes('MIIE'))
})

test('behavior: plain text, addresses and hashes stay', () => {
  const text = `Service llm/aeon at https://127.0.0.1:6443/apis?watch=1, 0x${'ab'.repeat(32)}, me@example.org, key: x`
  assert.equal(maskText(text), text)
})
