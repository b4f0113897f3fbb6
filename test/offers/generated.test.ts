import assert from 'node:assert/strict'
import { test } from 'node:test'
import { staleFiles } from '../../tools/gen-types.ts'

test('behavior: types and validators are what the schemas say', async () => {
  assert.deepEqual(await staleFiles(), [], 'run `npm run gen`')
})
