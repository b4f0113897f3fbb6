import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type JsonValue, jsonAt } from '../../src/util/json.ts'
import { codesIn, foreignPatch, OTHER_PAYEE, offer, openShop, PAYEE, type Shop, seen } from './shop.ts'

const PATH = 'spec.payment.payTo'

function payTo(shop: Shop): JsonValue | undefined {
  return jsonAt(shop.live('hello'), ['spec', 'payment', 'payTo'])
}

/** Who owns payTo: `name/operation`. */
function owners(shop: Shop): readonly string[] {
  const entries = jsonAt(shop.live('hello'), ['metadata', 'managedFields'])
  return (Array.isArray(entries) ? entries : [])
    .filter((entry) => jsonAt(entry, ['fieldsV1', 'f:spec', 'f:payment', 'f:payTo']) !== undefined)
    .map((entry) => `${entry.manager}/${entry.operation}`)
    .sort()
}

/** A shop whose payee somebody changed. */
async function contested(t: Parameters<typeof openShop>[0], decision = ''): Promise<Shop> {
  const shop = await openShop(t, { files: { 'offers/hello.yaml': offer('hello', undefined, PAYEE, decision) } })
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  await foreignPatch(shop, 'hello', { spec: { payment: { payTo: OTHER_PAYEE } } }, 'intruder')
  return shop
}

test('error: an undecided conflict is not applied, and each command of its hint works as it stands', async (t) => {
  const shop = await contested(t)
  const before = shop.stored()
  const plan = await shop.obol(['plan'])
  assert.equal(plan.exitCode, 4)
  const run = await shop.obol(['apply', '--yes'])
  assert.deepEqual([run.exitCode, codesIn(seen(run))], [4, ['OBOL-P004']])
  assert.equal(shop.stored(), before)
  const commands = plan.stdout.match(/obol plan --(?:take|yield|share) \S+/g) ?? []
  assert.equal(commands.length, 3)
  for (const command of commands) {
    assert.equal((await shop.obol(command.split(' ').slice(1))).exitCode, 0, command)
  }
  const hint = /next (obol apply .*)\n/.exec(run.stdout)?.[1] ?? ''
  assert.equal((await shop.obol([...hint.split(' ').slice(1), '--yes'])).exitCode, 0, hint)
})

for (const [decision, value, owned] of [
  ['take', PAYEE, ['obol/Apply']],
  ['yield', OTHER_PAYEE, ['intruder/Update']],
  ['share', OTHER_PAYEE, ['intruder/Update', 'obol/Apply']],
] as const) {
  test(`default: --${decision} settles it, and fieldDecisions keep it settled`, async (t) => {
    const shop = await contested(t)
    const flags = [`--${decision}`, `default/hello:${PATH}`]
    // The intruder's write took the field from us: to yield it is to do nothing.
    assert.equal((await shop.obol(['plan', '--exit-code', ...flags])).exitCode, decision === 'yield' ? 0 : 2)
    const run = await shop.obol(['apply', '--yes', ...flags])
    assert.equal(run.exitCode, 0, seen(run))
    assert.deepEqual([payTo(shop), owners(shop)], [value, owned])
    shop.write(
      'offers/hello.yaml',
      offer('hello', undefined, PAYEE, `fieldDecisions: [{ path: ${PATH}, decision: ${decision} }]\n`),
    )
    const settled = await shop.obol(['plan', '--exit-code'])
    assert.equal(settled.exitCode, 0, settled.stdout)
  })

  test(`behavior: fieldDecisions ${decision} in the offer need no flag`, async (t) => {
    const shop = await contested(t, `fieldDecisions: [{ path: ${PATH}, decision: ${decision} }]\n`)
    assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
    assert.deepEqual([payTo(shop), owners(shop)], [value, owned])
  })
}

test('behavior: the command line wins over the offer', async (t) => {
  const shop = await contested(t, `fieldDecisions: [{ path: ${PATH}, decision: yield }]\n`)
  assert.equal((await shop.obol(['apply', '--yes', '--take', PATH])).exitCode, 0)
  assert.equal(payTo(shop), PAYEE)
})

test('error: a price cannot be yielded beside our own', async (t) => {
  const shop = await openShop(t)
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  await foreignPatch(shop, 'hello', { spec: { payment: { price: { perMTok: '9' } } } })
  const run = await shop.obol(['plan', '--yield', 'spec.payment.price.perMTok'])
  assert.deepEqual(codesIn(seen(run)), ['OBOL-P009'])
  assert.notEqual(run.exitCode, 0)
})

test('error: a decision that matches nothing is told; one that is no path is refused', async (t) => {
  const shop = await openShop(t)
  const unused = await shop.obol(['plan', '--take', 'spec.payment.payTo'])
  assert.deepEqual(codesIn(seen(unused)), ['OBOL-P012'])
  assert.equal((await shop.obol(['plan', '--take', 'spec..payTo'])).exitCode, 64)
})

test('error: the object of another workspace is taken only by decision', async (t) => {
  const shop = await openShop(t)
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  const text = 'apiVersion: offers.obol.org/v1alpha1\nkind: Workspace\nmetadata: { name: b }\nspec: { id: shop-2 }\n'
  shop.write('obol.yaml', text)
  const run = await shop.obol(['apply', '--yes'])
  assert.equal(run.exitCode, 4)
  const command = /obol plan --take '?([^'\n]+)'?/.exec(run.stdout)?.[1] ?? ''
  const taken = await shop.obol(['apply', '--yes', '--take', command])
  assert.equal(taken.exitCode, 0, seen(taken))
  assert.equal(jsonAt(shop.live('hello'), ['metadata', 'labels', 'offers.obol.org/workspace']), 'shop-2')
})
