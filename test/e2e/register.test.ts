import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { assertGolden } from '../support/golden.ts'
import { transcript } from '../support/run-cli.ts'
import {
  accountOf,
  applied,
  assertSettled,
  BASE_URL,
  broadcasts,
  chainOfFile,
  DOCUMENT,
  IDENTITY,
  openChainShop,
  recordsOf,
  registered,
  steady,
} from './chain-shop.ts'
import { codesIn, offer, OFFERS_PATH, OTHER_PAYEE, seen } from './shop.ts'

const SCHEMA = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'schemas', 'plan-output.schema.json'), 'utf8'),
)
const isPlanOutput = new Ajv2020({ strict: false, validateFormats: false }).compile(SCHEMA)
const chain = chainOfFile()

test('default: plan, apply and a plan that has nothing to do; the first identity of a chain is 0', async (t) => {
  const shop = await openChainShop(t, chain())
  const plan = await shop.obol(['plan', '--exit-code'])
  assert.equal(plan.exitCode, 2, seen(plan))
  assert.match(plan.stdout, /mints an identity/)
  assert.deepEqual([await shop.sent(), shop.journal()], [0, ''])

  const run = await applied(shop)
  assert.match(run.stdout, /registered +register on base-sepolia/)
  const minted = await shop.minted()
  assert.deepEqual(minted.map(({ agentId }) => agentId), ['0'])
  assert.equal(await shop.sent(), 1)

  assert.deepEqual(shop.sandbox.object(IDENTITY)?.['status'], {
    registrations: [{ chain: 'base-sepolia', agentId: '0' }],
  })
  assert.deepEqual(shop.sandbox.object(IDENTITY)?.['spec'], {})
  const onChain = recordsOf(shop).filter(({ step }) => String(step).startsWith('register/'))
  assert.deepEqual(
    onChain.map(({ type }) => type),
    ['chain-intended', 'tx-signed', 'tx-sent', 'chain-final'],
  )
  const [, signed, , final] = onChain
  assert.equal(signed?.['hash'], minted[0]?.hash)
  assert.deepEqual([final?.['agentId'], final?.['adopted'], final?.['hash']], ['0', false, minted[0]?.hash])
  assert.equal(shop.events().at(-1), 'run-finished')

  await assertSettled(shop)
  const all = await shop.obol(['plan', '--all'])
  assert.match(all.stdout, /identity 0/)
  const again = await applied(shop)
  assert.match(again.stdout, /nothing to do|\d+ unchanged/)
  assert.equal(await shop.sent(), 1)
})

test('behavior: JSON of plan and apply', async (t) => {
  const shop = await openChainShop(t, chain())
  const read = async (...args: readonly string[]): Promise<unknown> => {
    const run = await shop.obol([...args, '--json'])
    assert.equal(run.exitCode, 0, seen(run))
    return JSON.parse(run.stdout)
  }
  assert.ok(isPlanOutput(await read('plan')), JSON.stringify(isPlanOutput.errors))
  const apply = await read('apply', '--yes')
  assert.partialDeepStrictEqual(apply, {
    steps: [
      { id: 'ServiceOffer.obol.org/default/hello', result: 'created' },
      { id: 'register/base-sepolia/register', op: 'register', result: 'registered', diagnostics: [] },
      { id: 'identity/base-sepolia', op: 'create', result: 'created', diagnostics: [] },
    ],
  })
  const settled = await read('plan', '--all')
  assert.ok(isPlanOutput(settled), JSON.stringify(isPlanOutput.errors))
  const [minted] = await shop.minted()
  assert.ok(minted !== undefined && minted.agentId !== '0')
  assert.equal(shop.agentId(), minted.agentId)
})

for (const columns of [80, 120]) {
  test(`behavior: plan, apply and journal in ${columns} columns`, async (t) => {
    const shop = await openChainShop(t, chain(), { files: { 'offers/more.yaml': registered('more') } })
    const texts: string[] = []
    for (const args of [['plan'], ['apply', '--yes'], ['plan', '--all'], ['journal'], ['journal', '--events']]) {
      texts.push(transcript(args, await shop.obol(args, { columns })))
    }
    const id = (await shop.minted()).at(-1)?.agentId ?? ''
    const text = steady(texts.join('\n')).replaceAll(new RegExp(`\\b(identity|agentId) ${id}\\b`, 'g'), '$1 N')
    assertGolden(`e2e/golden/register.${columns}.txt`, text)
  })
}
