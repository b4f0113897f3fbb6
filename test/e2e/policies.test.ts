import assert from 'node:assert/strict'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { codesIn, foreignPatch, OTHER_PAYEE, offer, openShop, PAYEE, seen } from './shop.ts'

const PAYEES = `apiVersion: offers.obol.org/v1alpha1
kind: Policy
metadata: { name: house }
spec:
  rules:
    - name: payees
      check: offer.payTo in addresses(["${PAYEE}"])
      message: paid to a wallet that is not ours
      field: spec.payment.payTo
`

for (const decision of ['yield', 'share'] as const) {
  test(`error: ${decision} does not let a value of somebody else past a policy`, async (t) => {
    const shop = await openShop(t)
    assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
    await foreignPatch(shop, 'hello', { spec: { payment: { payTo: OTHER_PAYEE } } })
    const left = [`--${decision}`, 'default/hello:spec.payment.payTo']
    const without = await shop.obol(['plan', ...left])
    assert.equal(without.exitCode, 0, seen(without))
    shop.write('policies/house.yaml', PAYEES)
    assert.equal((await shop.obol(['validate'])).exitCode, 0, 'the file itself is as it should be')
    const before = shop.stored()
    for (const command of [['plan'], ['apply', '--yes']]) {
      const run = await shop.obol([...command, ...left])
      assert.deepEqual([run.exitCode, codesIn(seen(run))], [6, ['OBOL-Y001']], seen(run))
      const words = seen(run).replace(/\s+/g, ' ')
      assert.match(words, /a wallet that is not ours/)
      assert.match(words, /with what others own and keep/)
    }
    assert.equal(shop.stored(), before)
    shop.write('offers/hello.yaml', offer('hello'))
    const taken = await shop.obol(['plan', '--take', 'default/hello:spec.payment.payTo'])
    assert.equal(taken.exitCode, 0, seen(taken))
  })
}

for (const [name, text] of [
  ['broken YAML', 'spec: ['],
  ['another kind', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n'],
  ['an unknown field', PAYEES.replace('check:', 'chek:')],
  ['an expression that is none', PAYEES.replace('check: offer', 'check: ofer')],
  ['a link that leads nowhere', undefined],
] as const) {
  test(`error: policies with ${name} forbid everything, and all mistakes are told`, async (t) => {
    const shop = await openShop(t)
    if (text === undefined) symlinkSync('nowhere', join(shop.folder, 'policies'))
    else shop.write('policies/house.yaml', text)
    const before = shop.stored()
    const validated = await shop.obol(['validate'])
    assert.equal(validated.exitCode, 1, seen(validated))
    for (const command of [['plan'], ['apply', '--yes'], ['apply', '--yes', '--json']]) {
      const run = await shop.obol(command)
      assert.equal(run.exitCode, 6, seen(run))
      assert.ok(codesIn(seen(run)).includes('OBOL-Y006'), seen(run))
      assert.match(seen(run), text === undefined ? /policies/ : /policies\/house\.yaml:\d+/)
    }
    assert.equal(shop.stored(), before)
  })
}
