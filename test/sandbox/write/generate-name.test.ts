import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonAt } from '../../../src/util/json.ts'
import { CONFIG_MAPS, withSandbox } from '../with-sandbox.ts'

test('behavior: generateName gets a suffix of five', async (t) => {
  const { request } = await withSandbox(t)
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'made-' } }
  const names = await Promise.all(
    [1, 2].map(async () =>
      String(jsonAt((await request({ method: 'POST', path: CONFIG_MAPS, body })).body, ['metadata', 'name'])),
    ),
  )
  for (const name of names) assert.match(name, /^made-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
  assert.notEqual(names[0], names[1])
})
