import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ObolError } from '../../../src/errors/obol-error.ts'
import { type ChainControl, chainControl } from '../../../src/sandbox/chain/chain-control.ts'
import { rpc } from '../../../src/sandbox/chain/rpc.ts'
import { type Chain, startChain } from '../../../src/sandbox/chain/start-chain.ts'
import type { Address, Hex } from '../../../src/util/hex.ts'
import type { JsonValue } from '../../../src/util/json.ts'
import { isJsonObject } from '../../../src/util/json.ts'

describe('chain control', () => {
  let chain: Chain
  let control: ChainControl
  let owner: Address
  let start: Hex

  before(async () => {
    chain = await startChain({ noMining: true })
    control = chainControl(chain.rpcUrl)
    owner = chain.accounts[0]?.address ?? '0x'
    await control.mine(3)
  })
  after(() => chain.stop())

  const call = (method: string, ...params: readonly JsonValue[]): Promise<JsonValue> =>
    rpc(chain.rpcUrl, method, params)
  const nonce = async (at: string): Promise<number> => Number(await call('eth_getTransactionCount', owner, at))
  const height = async (): Promise<number> => Number(await call('eth_blockNumber'))
  const block = async (): Promise<Readonly<Record<string, JsonValue>>> => {
    const value = await call('eth_getBlockByNumber', 'latest', false)
    return isJsonObject(value) ? value : {}
  }
  const send = (): Promise<Hex> =>
    control.sendAs({ from: owner, to: chain.registry, data: '0x1aa3a008', gas: 300_000n })

  test('behavior: mine and setAutomine', async () => {
    const before = await nonce('latest')
    await send()
    assert.deepEqual([await nonce('latest'), await nonce('pending')], [before, before + 1])
    const at = await height()
    await control.mine(2)
    assert.deepEqual([await nonce('latest'), await height()], [before + 1, at + 2])
    await control.setAutomine(true)
    const hash = await send()
    await control.setAutomine(false)
    assert.ok(isJsonObject(await call('eth_getTransactionReceipt', hash)))
  })

  test('behavior: dropTransaction and dropAll', async () => {
    const latest = await nonce('latest')
    const hash = await send()
    assert.equal(await control.dropTransaction(hash), true)
    assert.equal(await nonce('pending'), latest)
    assert.equal(await control.dropTransaction(hash), false)
    await send()
    await send()
    assert.equal(await nonce('pending'), latest + 2)
    await control.dropAll()
    assert.equal(await nonce('pending'), latest)
    await control.mine()
    assert.equal(await nonce('latest'), latest)
  })

  test('behavior: snapshot and revert', async () => {
    start = await control.snapshot()
    const at = await height()
    const latest = await nonce('latest')
    await send()
    await control.mine()
    await control.revert(start)
    assert.deepEqual([await height(), await nonce('latest')], [at, latest])
    await assert.rejects(control.revert(start), (error) => error instanceof ObolError && error.code === 'OBOL-S008')
  })

  test('behavior: reorg takes transactions away, with other block hashes', async () => {
    const latest = await nonce('latest')
    const hash = await send()
    await control.mine()
    const before = await block()
    await control.mine()
    const at = await height()
    await control.reorg(2)
    assert.equal(await height(), at)
    assert.equal(await call('eth_getTransactionReceipt', hash), null)
    assert.deepEqual([await nonce('latest'), await nonce('pending')], [latest, latest])
    const again = await call('eth_getBlockByNumber', String(before['number']), false)
    assert.ok(isJsonObject(again))
    assert.notEqual(again['hash'], before['hash'])
  })

  test('behavior: increaseTime, setNextTimestamp and setNextBaseFee', async () => {
    const before = Number((await block())['timestamp'])
    await control.increaseTime(1_000)
    await control.mine()
    const later = Number((await block())['timestamp'])
    assert.ok(later >= before + 1_000)
    await control.setNextTimestamp(BigInt(later + 77))
    await control.setNextBaseFee(123n)
    await control.mine()
    assert.equal(Number((await block())['timestamp']), later + 77)
    assert.equal(Number((await block())['baseFeePerGas']), 123)
  })

  test('behavior: setBalance, setCode and sendAs without a key', async () => {
    const poor: Address = '0x00000000000000000000000000000000000000aa'
    await assert.rejects(control.sendAs({ from: poor, to: owner, value: 1n }))
    await control.setBalance(poor, 10n ** 18n)
    const hash = await control.sendAs({ from: poor, to: owner, value: 1n, gas: 30_000n })
    await control.mine()
    const receipt = await call('eth_getTransactionReceipt', hash)
    assert.equal(isJsonObject(receipt) && receipt['status'], '0x1')
    await control.setCode(poor, '0x00')
    assert.equal(await call('eth_getCode', poor, 'latest'), '0x00')
  })
})
