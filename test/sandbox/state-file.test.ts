import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ObolError } from '../../src/errors/obol-error.ts'
import { SANDBOX_ERRORS } from '../../src/errors/sandbox.ts'
import { startSandbox } from '../../src/sandbox/start-sandbox.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { WIDGET_CRD } from './sessions/widget-crd.ts'
import { CONFIG_MAPS, configMap, withSandbox } from './with-sandbox.ts'

test('default: a second start has what the first one stored', async (t) => {
  const stateFile = join(tempFolder(t), 'below', 'state.json')
  const first = await withSandbox(t, { stateFile, objects: [WIDGET_CRD] })
  await first.request({ method: 'POST', path: CONFIG_MAPS, body: configMap('one', { a: '1' }) })
  const stored = first.sandbox.object('ConfigMap/default/one')
  await first.sandbox.stop()

  const second = await withSandbox(t, { stateFile })
  assert.deepEqual(second.sandbox.object('ConfigMap/default/one'), stored)
  assert.equal((await second.request({ method: 'GET', path: '/apis/test.example.org/v1alpha1/widgets' })).code, 200)
  const changed = await second.request({
    method: 'PATCH',
    path: `${CONFIG_MAPS}/one`,
    contentType: 'application/merge-patch+json',
    body: { data: { a: '2' } },
  })
  assert.equal(changed.code, 200)
  // Versions go on from where they were.
  assert.ok(second.sandbox.revisions('ConfigMap/default/one').length === 2)
  assert.notEqual(second.sandbox.token, first.sandbox.token)
})

test('behavior: the file is whole, private and without tokens', async (t) => {
  const folder = tempFolder(t)
  const { sandbox, request } = await withSandbox(t, { stateFile: join(folder, 'state.json') })
  for (let i = 0; i < 20; i++) await request({ method: 'POST', path: CONFIG_MAPS, body: configMap(`m${i}`) })
  await sandbox.stop()
  assert.deepEqual(readdirSync(folder), ['state.json'])
  const text = readFileSync(join(folder, 'state.json'), 'utf8')
  assert.equal(JSON.parse(text).formatVersion, 1)
  assert.ok(!text.includes(sandbox.token) && !text.includes(sandbox.readerToken))
})

for (const [name, text] of [
  ['no JSON', '{'],
  ['another document', '{"kind":"List"}'],
  ['a later format', '{"formatVersion":2,"version":1,"objects":[]}'],
  ['a broken object', '{"formatVersion":1,"version":1,"objects":[{"resource":"x"}]}'],
] as const) {
  test(`error: ${name} is left alone`, async (t) => {
    const stateFile = join(tempFolder(t, { 'state.json': text }), 'state.json')
    await assert.rejects(startSandbox({ stateFile }), { code: SANDBOX_ERRORS.STATE_UNKNOWN.code })
    assert.equal(readFileSync(stateFile, 'utf8'), text)
  })
}

test('error: a file that cannot be read', async (t) => {
  await assert.rejects(startSandbox({ stateFile: tempFolder(t) }), { code: SANDBOX_ERRORS.STATE_UNREADABLE.code })
})

test('error: a file that cannot be written is reported, requests go on', async (t) => {
  const folder = tempFolder(t)
  writeFileSync(join(folder, 'taken'), '')
  const errors: ObolError[] = []
  const stateFile = join(folder, 'state.json')
  // The temporary file's place is taken by a folder.
  mkdirSync(`${stateFile}.tmp`)
  const { sandbox, request } = await withSandbox(t, { stateFile, onError: (error) => errors.push(error) })
  assert.equal((await request({ method: 'POST', path: CONFIG_MAPS, body: configMap('one') })).code, 201)
  await sandbox.stop()
  assert.ok(errors.length > 0)
  assert.deepEqual(new Set(errors.map(({ code }) => code)), new Set([SANDBOX_ERRORS.STATE_UNWRITABLE.code]))
})
