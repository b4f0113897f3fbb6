import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import { type TestContext, test } from 'node:test'
import { privateKeyToAccount } from 'viem/accounts'
import { SIGNER_ERRORS } from '../../src/errors/signer.ts'
import type { JsonObject } from '../../src/util/json.ts'
import { type StandIn, send, standInSigner } from '../chain/signers/stand-in-signer.ts'
import { OTHER_TEST_KEY, TEST_ADDRESS, TEST_KEY } from '../support/test-signer.ts'
import { assertRegisters, assertTrouble, openRegisterShop, type RegisterShop, records } from './register-bad-shop.ts'
import { OTHER_PAYEE, seen } from './shop.ts'

const G = SIGNER_ERRORS

/** What the signer does instead of signing, as long as it is set. */
type Fault = (sent: JsonObject, response: ServerResponse) => void

type RemoteShop = { readonly shop: RegisterShop; readonly signer: StandIn; fault: Fault | undefined }

/** A shop whose owner's key is with a remote signer. */
async function openRemoteShop(t: TestContext): Promise<RemoteShop> {
  const shop = await openRegisterShop(t)
  const owned: RegisterShop = { ...shop, owner: { address: TEST_ADDRESS, privateKey: TEST_KEY } }
  const remote: RemoteShop = {
    fault: undefined,
    shop: owned,
    signer: await standInSigner(t, {
      intercept: (request, response) => {
        if (remote.fault === undefined || request.url?.endsWith('/transaction') !== true) return false
        remote.fault(remote.signer.received.at(-1)?.body ?? {}, response)
        return true
      },
    }),
  }
  shop.configure({ signer: { remote: { url: remote.signer.url } } })
  return remote
}

const faults: readonly (readonly [name: string, what: string, code: string, fault: Fault])[] = [
  [
    'refuses',
    'refuses',
    G.REFUSED.code,
    (_, response) => send(response, 409, { error: 'policy: no more than 3 transactions an hour' }),
  ],
  ['other-key', 'signs with another key', G.WRONG_KEY.code, (sent, response) => sign(sent, OTHER_TEST_KEY, response)],
  [
    'other-receiver',
    'signs a transaction to somebody else',
    G.NOT_WHAT_WAS_ASKED.code,
    (sent, response) => sign({ ...sent, to: OTHER_PAYEE }, TEST_KEY, response),
  ],
  [
    'other-value',
    'signs a transaction that pays',
    G.NOT_WHAT_WAS_ASKED.code,
    (sent, response) => sign({ ...sent, value: '1000000000000000000' }, TEST_KEY, response),
  ],
  ['fails', 'fails', G.REMOTE_FAILED.code, (_, response) => send(response, 500, { error: 'the store is locked' })],
  ['html', 'answers with HTML', G.BAD_ANSWER.code, (_, response) => response.end('<html>') && undefined],
  ['token', 'wants a token', G.UNAUTHORIZED.code, (_, response) => send(response, 401, { error: 'no token' })],
]

for (const [name, what, code, fault] of faults) {
  test(`error: the remote signer ${what}`, async (t) => {
    const remote = await openRemoteShop(t)
    remote.fault = fault
    await assertTrouble(remote.shop, { name: `signer-${name}`, applyCode: code })
    remote.fault = undefined
    await assertRegisters(remote.shop)
    assert.equal(records(remote.shop, 'tx-signed').length, 1)
  })
}

test('error: the remote signer never answers', async (t) => {
  const remote = await openRemoteShop(t)
  const { timeout } = AbortSignal
  const { mock } = t.mock.method(AbortSignal, 'timeout', (ms: number) => timeout.call(AbortSignal, ms / 100))
  remote.fault = () => undefined
  await assertTrouble(remote.shop, { name: 'signer-silent', applyCode: G.TIMEOUT.code })
  mock.restore()
  remote.fault = undefined
  await assertRegisters(remote.shop)
})

test('error: no remote signer listens', async (t) => {
  const { shop, signer } = await openRemoteShop(t)
  shop.configure({ signer: { remote: { url: `http://127.0.0.1:${await closedPort()}` } } })
  await assertTrouble(shop, { name: 'signer-gone', planCode: G.UNREACHABLE.code, applyCode: G.UNREACHABLE.code })
  shop.configure({ signer: { remote: { url: signer.url } } })
  await assertRegisters(shop)
})

test('error: the key file is missing, or others may read it', async (t) => {
  const shop = await openRegisterShop(t)
  shop.remove('owner.key')
  await assertTrouble(shop, { name: 'signer-no-file', planCode: G.KEY_FILE.code, applyCode: G.KEY_FILE.code })
  shop.write('owner.key', `${shop.owner.privateKey}\n`)
  await assertTrouble(shop, { name: 'signer-open-file', planCode: G.KEY_FILE.code, applyCode: G.KEY_FILE.code })
  const { privateKey } = shop.owner
  assert.equal(seen(await shop.plan()).includes(privateKey.slice(2)), false)
  shop.writeSecret('owner.key', `${privateKey}\n`)
  await assertRegisters(shop)
})

/** Signs whatever it is given, with any key. SIDE EFFECTS: answers. */
function sign(sent: JsonObject, key: string, response: ServerResponse): void {
  const big = (name: string): bigint => BigInt(String(sent[name]))
  const account = privateKeyToAccount(`0x${key.slice(2)}`)
  const transaction = {
    type: 'eip1559' as const,
    chainId: Number(sent['chain_id']),
    nonce: Number(sent['nonce']),
    to: `0x${String(sent['to']).slice(2)}` as const,
    data: `0x${String(sent['data']).slice(2)}` as const,
    value: big('value'),
    gas: big('gas_limit'),
    maxFeePerGas: big('max_fee_per_gas'),
    maxPriorityFeePerGas: big('max_priority_fee_per_gas'),
  }
  account.signTransaction(transaction).then(
    (signed) => send(response, 200, { signed_transaction: signed }),
    (error: unknown) => send(response, 500, { error: String(error) }),
  )
}

/** A port on which nobody listens any more. */
async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 9
}
