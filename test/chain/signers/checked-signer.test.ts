import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serializeTransaction } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { checkedSigner } from '../../../src/chain/signers/checked-signer.ts'
import { SIGNER_ERRORS } from '../../../src/errors/signer.ts'
import { TEST_ADDRESS, TEST_KEY, testSigner } from '../../support/test-signer.ts'
import { refusal, TRANSACTION, WALLET_SET, withoutSecrets } from './requests.ts'

const { NOT_WHAT_WAS_ASKED, WRONG_KEY, REFUSED, INTERRUPTED } = SIGNER_ERRORS
const ACCOUNT = privateKeyToAccount(TEST_KEY)
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

/** A signer that returns these texts, whatever it is asked. */
const returns = (text: string) =>
  checkedSigner(TEST_ADDRESS, 'test', { signTransaction: async () => text, signAgentWalletSet: async () => text })

test('default: the test signer signs, and each fault is seen', async () => {
  const signer = testSigner()
  withoutSecrets(signer, [TEST_KEY])
  assert.equal((await signer.signTransaction(TRANSACTION)).raw.startsWith('0x02'), true)
  assert.match(await signer.signAgentWalletSet(WALLET_SET), /1[bc]$/)
  signer.fault = 'refuses'
  await assert.rejects(signer.signTransaction(TRANSACTION), refusal(REFUSED.code))
  signer.fault = 'other-key'
  await assert.rejects(signer.signTransaction(TRANSACTION), refusal(WRONG_KEY.code))
  await assert.rejects(signer.signAgentWalletSet(WALLET_SET), refusal(WRONG_KEY.code))
  signer.fault = 'other-nonce'
  await assert.rejects(signer.signTransaction(TRANSACTION), refusal(NOT_WHAT_WAS_ASKED.code))
  await assert.rejects(signer.signAgentWalletSet(WALLET_SET), refusal(WRONG_KEY.code))
  signer.fault = 'silent'
  const stop = new AbortController()
  const silent = assert.rejects(signer.signTransaction(TRANSACTION, stop.signal), refusal(INTERRUPTED.code))
  stop.abort()
  await silent
  assert.equal(signer.requests, 8)
})

test('error: a transaction that differs in any field is refused', async () => {
  const base = { type: 'eip1559' as const, value: 0n, ...TRANSACTION }
  const others = [
    { chainId: 1 },
    { nonce: 1 },
    { to: TEST_ADDRESS },
    { data: '0xf2c298be01' as const },
    { gas: 180_001n },
    { maxFeePerGas: 2_000_000_001n },
    { maxPriorityFeePerGas: 1_000_001n },
    { value: 1n },
    { accessList: [{ address: TEST_ADDRESS, storageKeys: [] }] },
  ]
  for (const other of others) {
    const raw = await ACCOUNT.signTransaction({ ...base, ...other })
    await assert.rejects(
      returns(raw).signTransaction(TRANSACTION),
      refusal(NOT_WHAT_WAS_ASKED.code),
      Object.keys(other)[0],
    )
  }
  const { gas, to, data, nonce, chainId, value } = base
  const legacy = await ACCOUNT.signTransaction({ type: 'legacy', gasPrice: 1n, gas, to, data, nonce, chainId, value })
  for (const raw of [legacy, serializeTransaction(base), '0x02', '0x02c0', '', 'nonsense']) {
    await assert.rejects(returns(raw).signTransaction(TRANSACTION), refusal(NOT_WHAT_WAS_ASKED.code), raw)
  }
})

test('error: signatures in the high form, of other lengths or with another v are refused', async () => {
  const good = await testSigner().signAgentWalletSet(WALLET_SET)
  assert.equal(await returns(good).signAgentWalletSet(WALLET_SET), good)
  const high = (ORDER - BigInt(`0x${good.slice(66, 130)}`)).toString(16).padStart(64, '0')
  const flipped = good.endsWith('1b') ? '1c' : '1b'
  const bad = [`${good.slice(0, 66)}${high}${flipped}`, good.slice(0, -2), `${good.slice(0, -2)}1d`, `${good}00`, '']
  for (const signature of bad) {
    await assert.rejects(returns(signature).signAgentWalletSet(WALLET_SET), refusal(NOT_WHAT_WAS_ASKED.code), signature)
  }
  const { raw } = await testSigner().signTransaction(TRANSACTION)
  const s = raw.slice(-64)
  const lifted = `${raw.slice(0, -64)}${(ORDER - BigInt(`0x${s}`)).toString(16).padStart(64, '0')}`
  await assert.rejects(returns(lifted).signTransaction(TRANSACTION), refusal(NOT_WHAT_WAS_ASKED.code))
})

test('behavior: what comes back after an abort is not used', async () => {
  const stopped = AbortSignal.abort()
  const signer = testSigner()
  await assert.rejects(signer.signTransaction(TRANSACTION, stopped), refusal(INTERRUPTED.code))
  assert.equal(signer.requests, 0)
})
