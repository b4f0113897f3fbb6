import assert from 'node:assert/strict'
import { test } from 'node:test'
import { privateKeyToAccount } from 'viem/accounts'
import rejectingOwner from '../../contracts/RejectingOwner.json' with { type: 'json' }
import { REGISTER_ERRORS } from '../../src/errors/register.ts'
import { rpc } from '../../src/sandbox/chain/rpc.ts'
import type { Hex } from '../../src/util/hex.ts'
import { accountOf, DOCUMENT, registered } from './chain-shop.ts'
import {
  assertRegisters,
  assertShown,
  assertTrouble,
  onChain,
  openRegisterShop,
  type RegisterShop,
  records,
} from './register-bad-shop.ts'
import { codesIn, OTHER_PAYEE } from './shop.ts'

const R = REGISTER_ERRORS
const ETHER = 10n ** 18n

test('error: the wallet is empty', async (t) => {
  const shop = await openRegisterShop(t)
  await shop.control.setBalance(shop.owner.address, 0n)
  await assertTrouble(shop, { name: 'empty-wallet', planCode: R.NO_FUNDS.code, applyCode: R.NO_FUNDS.code })
  await shop.control.setBalance(shop.owner.address, ETHER)
  await assertRegisters(shop)
})

test('error: the wallet is emptied after the plan of the apply', async (t) => {
  const shop = await openRegisterShop(t)
  const { methods } = shop.rpc
  shop.rpc.fault = async () => {
    // The plan of an apply reads the fees once; what comes after a second reading is the apply itself.
    const readings = methods.filter((method) => method === 'eth_chainId').length
    if (readings === 2 && methods.filter((method) => method === 'eth_estimateGas').length === 2) {
      await shop.control.setBalance(shop.owner.address, 0n)
    }
    return false
  }
  await assertTrouble(shop, { name: 'emptied-wallet', applyCode: R.NO_FUNDS.code })
  shop.rpc.fault = undefined
  await shop.control.setBalance(shop.owner.address, ETHER)
  await assertRegisters(shop)
})

test('behavior: a transaction queued for a later nonce is neither waited for nor replaced', async (t) => {
  const shop = await openRegisterShop(t)
  const queued = await foreign(shop, 5)
  await assertRegisters(shop)
  assert.deepEqual(await onChain(shop), { mined: 1, pending: 1, agentIds: ['0'] })
  assert.notEqual(await rpc(shop.chain.rpcUrl, 'eth_getTransactionByHash', [queued]), null)
})

test('error: a transaction of the owner is pending that the journal does not know', async (t) => {
  const shop = await openRegisterShop(t)
  await shop.control.setAutomine(false)
  await foreign(shop, 0)
  await assertTrouble(shop, {
    name: 'foreign-pending',
    planCode: R.OWNER_PENDING.code,
    applyCode: R.OWNER_PENDING.code,
  })
  await shop.control.setAutomine(true)
  await shop.control.mine()
  await assertRegisters(shop)
})

test('error: the owner is a contract that cannot receive the token', async (t) => {
  const shop = await openRegisterShop(t)
  await shop.control.setCode(shop.owner.address, hexOf(rejectingOwner.deployedBytecode))
  await assertTrouble(shop, { name: 'rejecting-owner', planCode: R.WOULD_REVERT.code, applyCode: R.WOULD_REVERT.code })
  await shop.control.setCode(shop.owner.address, '0x')
  await assertRegisters(shop)
})

for (const id of [2n ** 53n + 1n, 2n ** 256n - 2n]) {
  test(`behavior: an agentId of ${String(id).length} digits is kept to the last one`, async (t) => {
    const shop = await openRegisterShop(t)
    await setNextId(shop, id)
    await assertRegisters(shop, String(id))
    assert.deepEqual(
      records(shop, 'chain-final').map(({ agentId }) => agentId),
      [String(id)],
    )
    const { stdout } = await shop.plan('--json', '--all')
    assert.match(stdout, new RegExp(`"agentId": "${id}"`))
    assert.doesNotMatch(stdout, /"agentId": \d/)
    shop.configure({ baseUrl: 'https://other.example.com' })
    const run = await shop.apply('--json')
    assert.equal(run.exitCode, 0, run.stdout)
    assert.match((await shop.plan('--json', '--all')).stdout, new RegExp(`"agentId": "${id}"`))
    const [last] = records(shop, 'chain-final').slice(-1)
    assert.deepEqual([last?.['agentId'], await uriOf(shop, id)], [String(id), `https://other.example.com${DOCUMENT}`])
  })
}

const HOUR = 3600

for (const [name, ahead, code] of [
  ['an hour behind', HOUR, R.CLOCK.code],
  ['an hour ahead of', -HOUR, undefined],
] as const) {
  test(`behavior: the clock of this machine is ${name} the chain's`, async (t) => {
    const shop = await openRegisterShop(t)
    const wallet = accountOf('agent wallet')
    shop.write('offers/hello.yaml', registered('hello', `    wallet: "${wallet.address}"\n`))
    shop.writeSecret('wallet.key', `${wallet.privateKey}\n`)
    shop.configure({ wallets: [{ keyFile: 'wallet.key' }] })
    if (ahead > 0) {
      await shop.control.increaseTime(ahead)
      await shop.control.mine()
    } else shop.clock = new Date(shop.clock.getTime() - ahead * 1000)
    const plan = await shop.plan()
    assert.equal(plan.exitCode, 0)
    if (code !== undefined) assertShown(shop, 'clock', plan.stdout.replace(/\d+ s ahead/, '* s ahead'))
    assert.equal(codesIn(plan.stdout).includes(R.CLOCK.code), code !== undefined)
    await assertRegisters(shop)
    assert.equal((await walletOf(shop, 0n)).toLowerCase(), wallet.address.toLowerCase())
  })
}

/** Another tool's transaction of the owner. SIDE EFFECTS: sends it; returns its hash. */
async function foreign({ owner, chain }: RegisterShop, nonce: number): Promise<string> {
  const raw = await privateKeyToAccount(owner.privateKey).signTransaction({
    chainId: chain.chainId,
    nonce,
    to: OTHER_PAYEE,
    value: 1n,
    gas: 21_000n,
    maxFeePerGas: 10n ** 11n,
    maxPriorityFeePerGas: 10n ** 9n,
  })
  return String(await rpc(chain.rpcUrl, 'eth_sendRawTransaction', [raw]))
}

/** SIDE EFFECTS: writes the registry's counter: the one slot that a simulated mint answers with. */
async function setNextId(shop: RegisterShop, id: bigint): Promise<void> {
  const { rpcUrl, registry } = shop.chain
  for (let slot = 0; slot < 20; slot += 1) {
    const at = `0x${slot.toString(16)}`
    const before = await rpc(rpcUrl, 'eth_getStorageAt', [registry, at, 'latest'])
    await rpc(rpcUrl, 'anvil_setStorageAt', [registry, at, word(id)])
    const minted = await call(shop, '0x1aa3a008').catch(() => '0x0')
    if (BigInt(minted) === id) return
    await rpc(rpcUrl, 'anvil_setStorageAt', [registry, at, before])
  }
  throw new Error('no slot holds the next id')
}

function word(value: bigint): Hex {
  return `0x${value.toString(16).padStart(64, '0')}`
}

async function call({ chain, owner }: RegisterShop, data: Hex): Promise<Hex> {
  const params = [{ from: owner.address, to: chain.registry, data }, 'latest']
  return hexOf(String(await rpc(chain.rpcUrl, 'eth_call', params)))
}

async function uriOf(shop: RegisterShop, id: bigint): Promise<string> {
  const bytes = Buffer.from((await call(shop, `0xc87b56dd${word(id).slice(2)}`)).slice(2), 'hex')
  return bytes.subarray(64, 64 + Number(`0x${bytes.subarray(32, 64).toString('hex')}`)).toString()
}

async function walletOf(shop: RegisterShop, id: bigint): Promise<string> {
  return `0x${(await call(shop, `0x00339509${word(id).slice(2)}`)).slice(-40)}`
}

function hexOf(text: string): Hex {
  return `0x${text.slice(2)}`
}
