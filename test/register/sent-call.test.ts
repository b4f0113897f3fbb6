import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sentCall } from '../../src/register/sent-call.ts'
import { fakeSigner, OWNER } from '../support/fake-chain.ts'
import { chainFacts, hash, TARGET } from './factories.ts'

const GWEI = 1_000_000_000n

async function sentAt(baseFee: bigint) {
  const { raw, hash: sent } = await fakeSigner(OWNER).signTransaction({
    ...{ chainId: 31_337, nonce: 0, to: TARGET.registry, data: '0x1aa3a008', gas: 120_000n },
    ...{ maxFeePerGas: 2n * GWEI, maxPriorityFeePerGas: GWEI },
  })
  const fees = { maxFeePerGas: 2n * GWEI, maxPriorityFeePerGas: GWEI, ceiling: 4n * GWEI }
  const groups = [{ epoch: 1, nonce: 0, attempts: [{ hash: sent, raw, bump: 0, ...fees }] }]
  const step = 'register/anvil/register'
  const effort = { key: 'k', step, op: 'register' as const, target: TARGET, genesis: hash(1), groups }
  return sentCall(effort, chainFacts({ fees: { baseFee, priorityFee: GWEI } }))
}

test('default: what was signed costs at most what was shown then', async () => {
  const { call, fee, raisesFee } = await sentAt(GWEI)
  assert.equal(call?.data, '0x1aa3a008')
  assert.deepEqual([fee?.ceilingFeePerGas, fee?.high, raisesFee], [4n * GWEI, 480_000n * GWEI, undefined])
})

test('behavior: where the chain got too dear for that, a higher ceiling is shown to be agreed to', async () => {
  const { fee, raisesFee } = await sentAt(10n * GWEI)
  assert.equal(raisesFee, true)
  assert.ok(fee !== undefined && fee.ceilingFeePerGas > 16n * GWEI && fee.high === fee.gasLimit * fee.ceilingFeePerGas)
})

test('behavior: nothing was signed', () => {
  assert.deepEqual(sentCall(undefined, chainFacts()), {})
})
