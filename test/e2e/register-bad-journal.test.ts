import assert from 'node:assert/strict'
import { test } from 'node:test'
import { APPLY_ERRORS } from '../../src/errors/apply.ts'
import { transcript } from '../support/run-cli.ts'
import {
  assertRegisters,
  assertShown,
  onChain,
  openRegisterShop,
  type RegisterShop,
  records,
} from './register-bad-shop.ts'
import { codesIn, seen } from './shop.ts'

const A = APPLY_ERRORS
const JOURNAL = 'state/journal.jsonl'
const IDENTITY_PATH = '/apis/obol.org/v1alpha1/namespaces/x402/agentidentities/default'

test('error: the journal is of a newer version', async (t) => {
  const shop = await openRegisterShop(t)
  shop.write(
    JOURNAL,
    '{"v":1,"at":"2026-01-02T03:04:05Z","type":"run-started","run":"r","steps":1}\n{"v":2,"type":"x"}\n',
  )
  await assertRefused(shop, 'journal-too-new', A.JOURNAL_TOO_NEW.code)
  shop.remove(JOURNAL)
  await assertRegisters(shop)
})

test('error: a record of a chain step is damaged', async (t) => {
  const shop = await openRegisterShop(t)
  const { whole } = await interrupted(shop)
  const damaged = whole.map((line) => line.replace(/"hash":"0x[0-9a-f]+",?/, ''))
  shop.write(JOURNAL, `${damaged.join('\n')}\n`)
  const run = await assertRefused(shop, 'journal-damaged', A.JOURNAL_DAMAGED.code)
  assert.equal(run.includes('mv '), true)
  // As the hint says: the damaged journal is put aside, and what it knew is found on the chain.
  shop.write(`${JOURNAL}.damaged`, shop.journal())
  shop.remove(JOURNAL)
  await assertRegisters(shop)
})

test('behavior: half a record is passed over, wherever the process was killed', async (t) => {
  const shop = await openRegisterShop(t)
  const { whole, before } = await interrupted(shop)
  const types = whole.map((line) => String(/"type":"([a-z-]+)"/.exec(line)?.[1]))
  const chainLines = types.flatMap((type, i) => (/^(chain|tx)-/.test(type) ? [i] : []))
  assert.deepEqual(
    chainLines.map((i) => types[i]),
    ['chain-intended', 'tx-signed', 'tx-sent', 'tx-mined', 'chain-final'],
  )
  let fresh = before
  for (const i of chainLines) {
    const line = whole[i] ?? ''
    for (const chain of ['as it was left', 'without the transaction'] as const) {
      if (chain === 'without the transaction') {
        await shop.control.revert(fresh)
        fresh = await shop.control.snapshot()
      }
      await shop.send('DELETE', IDENTITY_PATH).catch(() => undefined)
      shop.write(JOURNAL, `${whole.slice(0, i).join('\n')}\n${line.slice(0, line.length / 2)}`)
      const run = await shop.apply()
      assert.equal(run.exitCode, 0, seen(run))
      const { agentIds } = await onChain(shop)
      assert.deepEqual(agentIds, ['0'], `torn ${types[i]}, the chain ${chain}: ${seen(run)}`)
      assert.equal(shop.agentId(), '0', `torn ${types[i]}, the chain ${chain}: ${seen(run)}`)
      assert.equal(records(shop, 'chain-final').length > 0, true)
    }
  }
})

/**
 * A registration of which the journal has every record, in lines; and the chain as it was before. SIDE EFFECTS: registers,
 * two confirmations deep, and writes the configuration back.
 */
async function interrupted(
  shop: RegisterShop,
): Promise<{ readonly whole: readonly string[]; readonly before: `0x${string}` }> {
  const before = await shop.control.snapshot()
  const rpc = shop.rpc.url
  shop.configure({ chains: { 'base-sepolia': { rpc, confirmations: 2 } } })
  const pending = await shop.apply()
  assert.match(pending.stdout, /1 of 2 confirmations/)
  await shop.control.mine()
  const final = await shop.apply()
  assert.match(final.stdout, /✓ registered/, seen(final))
  shop.configure({})
  return { whole: shop.journal().split('\n').filter(Boolean), before }
}

/** Neither plan nor apply does anything: what was sent before cannot be known. Returns what the plan said. */
async function assertRefused(shop: RegisterShop, name: string, code: string): Promise<string> {
  const [before, stored, chain] = [shop.journal(), shop.stored(), await onChain(shop)]
  const plan = await shop.plan()
  const apply = await shop.apply()
  for (const run of [plan, apply]) assert.deepEqual([run.exitCode, codesIn(seen(run))], [1, [code]], seen(run))
  assert.deepEqual([shop.journal(), shop.stored()], [before, stored])
  assert.deepEqual(await onChain(shop), chain)
  assertShown(shop, name, `${transcript(['plan'], plan)}\n${transcript(['apply', '--yes'], apply)}`)
  return seen(plan)
}
