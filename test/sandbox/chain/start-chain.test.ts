import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { ObolError } from '../../../src/errors/obol-error.ts'
import { chainControl } from '../../../src/sandbox/chain/chain-control.ts'
import { rpc } from '../../../src/sandbox/chain/rpc.ts'
import { REGISTRY_ADDRESS, startChain } from '../../../src/sandbox/chain/start-chain.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { withChain } from './with-chain.ts'

const GET_VERSION = '0x0d8e6e2c'
const MODULE = join(import.meta.dirname, '../../../src/sandbox/chain/start-chain.ts')

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function untilGone(pid: number): Promise<boolean> {
  for (let waited = 0; waited < 10_000 && isRunning(pid); waited += 20) await delay(20)
  return !isRunning(pid)
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof ObolError && error.code === code
}

test('default: a chain with funded accounts and the registry, gone after stop', async () => {
  const chain = await startChain()
  try {
    assert.match(chain.rpcUrl, /^http:\/\/127\.0\.0\.1:\d+$/)
    assert.equal(chain.chainId, 31_337)
    assert.equal(await rpc(chain.rpcUrl, 'eth_chainId'), '0x7a69')
    assert.equal(chain.registry, REGISTRY_ADDRESS)
    assert.equal(chain.accounts.length, 10)
    assert.equal(chain.accounts[0]?.address, '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266')
    assert.ok(chain.accounts.every(({ privateKey }) => /^0x[0-9a-f]{64}$/.test(privateKey)))
    const version = String(await rpc(chain.rpcUrl, 'eth_call', [{ to: chain.registry, data: GET_VERSION }, 'latest']))
    assert.ok(version.includes(Buffer.from('2.0.0').toString('hex')))
  } finally {
    await chain.stop()
  }
  await chain.ended
  assert.ok(!isRunning(chain.pid))
  await chain.stop()
  await assert.rejects(rpc(chain.rpcUrl, 'eth_chainId'), hasCode('OBOL-S008'))
})

test('behavior: chain id, base fee, registry address and no mining', async (t) => {
  const registry = '0x8004A169FB4a3325136EB29fA0ceB6D2e539a432'
  const { chain, control } = await withChain(t, { chainId: 84_532, baseFee: 7n, registry, noMining: true })
  assert.equal(chain.chainId, 84_532)
  assert.equal(await rpc(chain.rpcUrl, 'eth_chainId'), '0x14a34')
  assert.notEqual(await rpc(chain.rpcUrl, 'eth_getCode', [registry, 'latest']), '0x')
  assert.equal(await rpc(chain.rpcUrl, 'eth_getCode', [REGISTRY_ADDRESS, 'latest']), '0x')
  const from = chain.accounts[0]?.address ?? '0x'
  await control.sendAs({ from, to: from })
  assert.equal(await rpc(chain.rpcUrl, 'eth_blockNumber'), '0x0')
  await control.mine()
  assert.equal(await rpc(chain.rpcUrl, 'eth_blockNumber'), '0x1')
  assert.equal(await rpc(chain.rpcUrl, 'eth_getTransactionCount', [from, 'latest']), '0x1')
})

test('behavior: blocks come by themselves with a block time', async (t) => {
  const { chain } = await withChain(t, { blockTime: 1 })
  let waited = 0
  while ((await rpc(chain.rpcUrl, 'eth_blockNumber')) === '0x0' && waited < 10_000) {
    waited += 100
    await delay(100)
  }
  assert.notEqual(await rpc(chain.rpcUrl, 'eth_blockNumber'), '0x0')
})

test('behavior: the state file keeps the chain', async (t) => {
  const stateFile = join(tempFolder(t), 'chain.json')
  const first = await startChain({ stateFile })
  const from = first.accounts[0]?.address ?? '0x'
  await chainControl(first.rpcUrl).sendAs({ from, to: first.registry, data: '0x1aa3a008' })
  await first.stop()
  assert.ok(statSync(stateFile).size > 0)
  const { chain } = await withChain(t, { stateFile })
  assert.equal(await rpc(chain.rpcUrl, 'eth_getTransactionCount', [from, 'latest']), '0x1')
  const balanceOf = `0x70a08231${from.slice(2).padStart(64, '0')}`
  const balance = await rpc(chain.rpcUrl, 'eth_call', [{ to: chain.registry, data: balanceOf }, 'latest'])
  assert.equal(BigInt(String(balance)), 1n)
})

test('behavior: anvil is not left behind when its starter is killed', async () => {
  const source = `const { startChain } = await import(${JSON.stringify(MODULE)}); console.log((await startChain()).pid)`
  const starter = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [printed] = await once(starter.stdout, 'data')
  const pid = Number(printed)
  assert.ok(isRunning(pid))
  starter.kill('SIGKILL')
  assert.ok(await untilGone(pid))
})

test('behavior: many calls do not fill the pipe of what anvil prints', async (t) => {
  const { chain } = await withChain(t)
  const calls = Array.from({ length: 4_000 }, () => ({
    jsonrpc: '2.0',
    id: 1,
    method: 'eth_getTransactionCount',
    params: [REGISTRY_ADDRESS, 'latest'],
  }))
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(chain.rpcUrl, {
    method: 'POST',
    headers,
    body: JSON.stringify(calls),
    signal: AbortSignal.timeout(20_000),
  })
  const answers: unknown = await response.json()
  assert.equal(Array.isArray(answers) && answers.length, 4_000)
})

test('behavior: an anvil that dies resolves `ended`', async () => {
  const chain = await startChain()
  process.kill(chain.pid, 'SIGKILL')
  await chain.ended
  await chain.stop()
  assert.ok(!isRunning(chain.pid))
})

test('error: no anvil, and a program that is none', async (t) => {
  await assert.rejects(startChain({ anvil: '/nowhere/anvil' }), hasCode('OBOL-S006'))
  await assert.rejects(startChain({ anvil: '/bin/echo' }), hasCode('OBOL-S007'))
  const stateFile = join(tempFolder(t, { 'chain.json': 'x' }), 'chain.json')
  await assert.rejects(startChain({ stateFile }), hasCode('OBOL-S007'))
})
