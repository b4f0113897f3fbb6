import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRpcUrl } from '../../src/chain/parse-rpc-url.ts'
import { rpcUrlOf } from '../../src/chain/rpc-url-of.ts'

const BASE = { name: 'base-sepolia', erpc: 'base-sepolia' }

test('default: the environment wins over the workspace file, that over the stack', () => {
  const env = { OBOL_RPC_BASE_SEPOLIA: 'http://env', OBOL_INGRESS_URL: 'http://ingress:1/' }
  const workspace = 'http://workspace'
  assert.equal(rpcUrlOf(BASE, { workspace, env }), 'http://env')
  assert.equal(rpcUrlOf(BASE, { workspace, env: { OBOL_RPC_BASE_SEPOLIA: ' ' } }), workspace)
  assert.equal(rpcUrlOf(BASE, { env: { OBOL_INGRESS_URL: 'http://ingress:1/' } }), 'http://ingress:1/rpc/base-sepolia')
  assert.equal(rpcUrlOf(BASE, { env: {} }), 'http://obol.stack:8080/rpc/base-sepolia')
  assert.equal(rpcUrlOf({ name: 'sepolia' }, { env: {} }), undefined)
})

test('default: a URL is shown as scheme, host and port; its secrets are masked in texts', () => {
  const url = parseRpcUrl('https://user:p%23ss@node.example:8443/base-sepolia/v2/abcdef?apikey=ghij', ['base-sepolia'])
  assert.equal(url?.endpoint, 'https://node.example:8443')
  assert.equal(url?.url, 'https://node.example:8443/base-sepolia/v2/abcdef?apikey=ghij')
  assert.equal(url?.headers['Authorization'], `Basic ${btoa('user:p#ss')}`)
  assert.equal(url?.mask('base-sepolia user p#ss abcdef apikey ghij'), 'base-sepolia *** *** *** apikey ***')
})

test('error: only http and https URLs are taken', () => {
  for (const text of ['', 'node.example', 'ws://node.example', 'ftp://x']) assert.equal(parseRpcUrl(text), undefined)
})
