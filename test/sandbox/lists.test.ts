import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../../src/util/json.ts'
import { isJsonArray, jsonAt } from '../../src/util/json.ts'
import { CONFIG_MAPS, configMap, type TestSandbox, withSandbox } from './with-sandbox.ts'

async function fill({ request }: TestSandbox, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await request({ method: 'POST', path: CONFIG_MAPS, body: configMap(`m${i}`) })
}

function names(list: JsonObject): readonly unknown[] {
  return isJsonArray(list['items']) ? list['items'].map((item) => jsonAt(item, ['metadata', 'name'])) : []
}

test('default: pages come from the moment the list began', async (t) => {
  const server = await withSandbox(t)
  const { request } = server
  await fill(server, 5)
  const first = await request({ method: 'GET', path: `${CONFIG_MAPS}?limit=2` })
  assert.deepEqual(names(first.body), ['m0', 'm1'])
  assert.equal(jsonAt(first.body, ['metadata', 'remainingItemCount']), 3)
  await request({ method: 'DELETE', path: `${CONFIG_MAPS}/m3` })
  await request({ method: 'POST', path: CONFIG_MAPS, body: configMap('m9') })
  const next = async (page: JsonObject): Promise<JsonObject> => {
    const token = encodeURIComponent(String(jsonAt(page, ['metadata', 'continue'])))
    return (await request({ method: 'GET', path: `${CONFIG_MAPS}?limit=2&continue=${token}` })).body
  }
  const second = await next(first.body)
  const third = await next(second)
  assert.deepEqual([names(second), names(third)], [['m2', 'm3'], ['m4']])
  assert.equal(jsonAt(third, ['metadata', 'continue']), undefined)
  const versions = [first.body, second, third].map((page) => jsonAt(page, ['metadata', 'resourceVersion']))
  assert.equal(new Set(versions).size, 1)
})

test('error: a continue token that is forgotten, 410', async (t) => {
  const { request } = await withSandbox(t)
  const token = Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: 1, start: 'x' })).toString('base64url')
  const answer = await request({ method: 'GET', path: `${CONFIG_MAPS}?limit=1&continue=${token}` })
  assert.deepEqual([answer.code, answer.body['reason']], [410, 'Expired'])
})

test('error: a version of the future, 504; one of the past exactly, 410', async (t) => {
  const server = await withSandbox(t)
  await fill(server, 2)
  const future = await server.request({ method: 'GET', path: `${CONFIG_MAPS}?resourceVersion=99999` })
  assert.deepEqual([future.code, future.body['reason']], [504, 'Timeout'])
  const past = await server.request({
    method: 'GET',
    path: `${CONFIG_MAPS}?resourceVersion=2&resourceVersionMatch=Exact`,
  })
  assert.equal(past.code, 410)
  const older = await server.request({ method: 'GET', path: `${CONFIG_MAPS}?resourceVersion=2` })
  assert.deepEqual(names(older.body), ['m0', 'm1'])
})

test('behavior: large answers are compressed for who takes it', async (t) => {
  const server = await withSandbox(t)
  const body = configMap('big', { a: 'x'.repeat(200_000) })
  await server.request({ method: 'POST', path: CONFIG_MAPS, body })
  const response = await fetchRaw(server, `${CONFIG_MAPS}/big`)
  assert.equal(response.encoding, 'gzip')
  assert.ok(response.size < 10_000)
})

async function fetchRaw(
  { sandbox }: TestSandbox,
  path: string,
): Promise<{ readonly encoding: string | undefined; readonly size: number }> {
  const { get } = await import('node:https')
  const headers = { authorization: `Bearer ${sandbox.token}`, 'accept-encoding': 'gzip' }
  return new Promise((resolve, reject) => {
    get(`${sandbox.url}${path}`, { headers, ca: sandbox.caPem, agent: false }, (response) => {
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
      })
      response.on('end', () => resolve({ encoding: response.headers['content-encoding'], size }))
    }).on('error', reject)
  })
}

test('behavior: YAML for who asks for it', async (t) => {
  const server = await withSandbox(t)
  await fill(server, 1)
  const answer = await server.request({ method: 'GET', path: `${CONFIG_MAPS}/m0`, accept: 'application/yaml' })
  assert.equal(answer.contentType, 'application/yaml')
  assert.match(answer.text, /^kind: ConfigMap$/m)
})
