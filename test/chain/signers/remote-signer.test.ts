import assert from 'node:assert/strict'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openSigner } from '../../../src/chain/signers/open-signer.ts'
import { remoteUrl } from '../../../src/chain/signers/remote-url.ts'
import { signerAddress } from '../../../src/chain/signers/signer-address.ts'
import { SIGNER_ERRORS } from '../../../src/errors/signer.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { TEST_ADDRESS } from '../../support/test-signer.ts'
import { refusal, TRANSACTION, WALLET_SET, withoutSecrets } from './requests.ts'
import { send, standInSigner } from './stand-in-signer.ts'

const PORTS = { folder: '/nowhere', env: {} }
const TOKEN = 'canary-token-5b1f'
const OTHER = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
const E = SIGNER_ERRORS

test('default: decimal strings; one request for each signature', async (t) => {
  const { url, received } = await standInSigner(t)
  const signer = await openSigner({ remote: { url: `${url}/` } }, PORTS)
  assert.deepEqual([signer.address, signer.description], [TEST_ADDRESS, `remote signer ${url}`])
  await signer.signTransaction(TRANSACTION)
  await signer.signAgentWalletSet(WALLET_SET)
  await signer.close()
  assert.equal(received.length, 3)
  assert.deepEqual(received[1]?.body, {
    chain_id: '84532',
    nonce: '0',
    gas_limit: '180000',
    max_fee_per_gas: '2000000000',
    max_priority_fee_per_gas: '1000000',
    value: '0',
    to: TRANSACTION.to,
    data: TRANSACTION.data,
  })
})

test('behavior: auto falls back to numbers once, and remembers', async (t) => {
  const { url, received } = await standInSigner(t, { form: 'numbers' })
  const signer = await openSigner({ remote: { url } }, PORTS)
  await signer.signTransaction(TRANSACTION)
  await signer.signTransaction({ ...TRANSACTION, nonce: 7 })
  assert.deepEqual(
    received.slice(1).map(({ body }) => body?.['nonce']),
    ['0', 0, 7],
  )
})

test('error: numbers above 2^53 are refused before they are sent', async (t) => {
  const { url, received } = await standInSigner(t, { form: 'numbers' })
  const large = { ...TRANSACTION, maxFeePerGas: 2n ** 53n }
  const fixed = await openSigner({ remote: { url, form: 'numbers' } }, PORTS)
  await assert.rejects(fixed.signTransaction(large), refusal(E.NUMBER_TOO_LARGE.code))
  assert.equal(received.length, 1)
  const auto = await openSigner({ remote: { url } }, PORTS)
  await assert.rejects(auto.signTransaction(large), refusal(E.REFUSED.code))
  const strings = await openSigner({ remote: { url, form: 'strings' } }, PORTS)
  await assert.rejects(strings.signTransaction(TRANSACTION), refusal(E.REFUSED.code))
})

test('behavior: v of 0 and 1, as older images return it, becomes 27 and 28', async (t) => {
  const { url } = await standInSigner(t, { oldRecovery: true })
  const signer = await openSigner({ remote: { url } }, PORTS)
  assert.match(await signer.signAgentWalletSet(WALLET_SET), /1[bc]$/)
})

test('behavior: the bearer token comes from a file or the environment, and is shown nowhere', async (t) => {
  const { url } = await standInSigner(t, { token: TOKEN })
  const folder = tempFolder(t, { token: `${TOKEN}\n`, open: TOKEN })
  chmodSync(join(folder, 'token'), 0o600)
  chmodSync(join(folder, 'open'), 0o644)
  const byFile = await openSigner({ remote: { url, tokenFile: 'token' } }, { folder, env: {} })
  withoutSecrets(byFile, [TOKEN])
  const byEnv = await openSigner({ remote: { url } }, { folder, env: { REMOTE_SIGNER_TOKEN: TOKEN } })
  assert.equal((await byEnv.signTransaction(TRANSACTION)).hash, (await byFile.signTransaction(TRANSACTION)).hash)
  await assert.rejects(openSigner({ remote: { url } }, { folder, env: {} }), refusal(E.UNAUTHORIZED.code))
  // The stand-in quotes the header that it refuses.
  const wrong = { folder, env: { REMOTE_SIGNER_TOKEN: 'canary-wrong-token' } }
  await assert.rejects(openSigner({ remote: { url } }, wrong), refusal(E.UNAUTHORIZED.code, ['canary-wrong-token']))
  const open = openSigner({ remote: { url, tokenFile: 'open' } }, { folder, env: {} })
  await assert.rejects(open, refusal(E.SECRET_FILE.code, [TOKEN]))
  const broken = { folder, env: { REMOTE_SIGNER_TOKEN: 'canary\nx-other: header' } }
  await assert.rejects(openSigner({ remote: { url } }, broken), refusal(E.SECRET_FILE.code, ['canary']))
})

test('behavior: of several keys the one of the address, else the first', async (t) => {
  const { url } = await standInSigner(t, { keys: [OTHER, TEST_ADDRESS] })
  assert.equal(await signerAddress({ remote: { url } }, PORTS), OTHER)
  const signer = await openSigner({ remote: { url }, address: TEST_ADDRESS }, PORTS)
  assert.equal(signer.address, TEST_ADDRESS)
  const { url: empty } = await standInSigner(t, { keys: [] })
  await assert.rejects(openSigner({ remote: { url: empty } }, PORTS), refusal(E.KEY_NOT_HELD.code))
  const { url: only } = await standInSigner(t, { keys: [OTHER] })
  const missing = openSigner({ remote: { url: only }, address: TEST_ADDRESS }, PORTS)
  await assert.rejects(missing, refusal(E.KEY_NOT_HELD.code))
  const { url: nonsense } = await standInSigner(t, { keys: ['../../x'] })
  await assert.rejects(openSigner({ remote: { url: nonsense } }, PORTS), refusal(E.BAD_ANSWER.code))
})

test('error: what was not asked for is refused', async (t) => {
  const { url } = await standInSigner(t, { twist: (body) => ({ ...body, to: OTHER, message: {}, ...twisted(body) }) })
  const signer = await openSigner({ remote: { url } }, PORTS)
  await assert.rejects(signer.signTransaction(TRANSACTION), refusal(E.NOT_WHAT_WAS_ASKED.code))
  await assert.rejects(signer.signAgentWalletSet(WALLET_SET), refusal(E.WRONG_KEY.code))
})

function twisted({ message }: { readonly message?: unknown }): { readonly message?: Record<string, string> } {
  return message === undefined ? {} : { message: { ...WALLET_SET_TEXTS, agentId: '1' } }
}
const WALLET_SET_TEXTS = { newWallet: WALLET_SET.newWallet, owner: WALLET_SET.owner, deadline: '1800000000' }

test('error: each way in which a remote signer fails has its own code', async (t) => {
  const echoed = `no: ${TOKEN} Bearer abcdefgh`
  const cases: readonly (readonly [string, Parameters<typeof send>[1], Parameters<typeof send>[2]])[] = [
    [E.REFUSED.code, 200, { error: echoed }],
    [E.REFUSED.code, 409, { error: echoed }],
    [E.REFUSED.code, 400, { error: echoed }],
    [E.UNAUTHORIZED.code, 403, { error: echoed }],
    [E.REMOTE_FAILED.code, 500, { error: echoed }],
    [E.REMOTE_FAILED.code, 429, echoed],
    [E.BAD_ANSWER.code, 200, [echoed]],
    [E.BAD_ANSWER.code, 200, { other: echoed }],
  ]
  for (const [code, status, body] of cases) {
    const { url } = await standInSigner(t, {
      intercept: ({ url: path }, response) => {
        if (path === '/api/v1/keys') return false
        send(response, status, body)
        return true
      },
    })
    const signer = await openSigner({ remote: { url } }, { ...PORTS, env: { REMOTE_SIGNER_TOKEN: TOKEN } })
    await assert.rejects(signer.signTransaction(TRANSACTION), refusal(code, [TOKEN, 'abcdefgh']), `${code} ${status}`)
  }
})

test('error: redirects are not followed', async (t) => {
  const other = await standInSigner(t)
  const { url } = await standInSigner(t, {
    intercept: (_request, response) => {
      response.writeHead(307, { location: `${other.url}/api/v1/keys` }).end()
      return true
    },
  })
  await assert.rejects(openSigner({ remote: { url } }, PORTS), refusal(E.REDIRECTED.code))
  assert.deepEqual(other.received, [])
})

test('error: a signer that is silent or gone, and an abort', async (t) => {
  const stop = new AbortController()
  const { url } = await standInSigner(t, {
    intercept: ({ url: path }, response) => {
      if (path === '/api/v1/keys') return false
      if (path?.endsWith('/typed-data') === true) stop.abort()
      else response.writeHead(200, { 'content-type': 'application/json' }).write('{"signed_')
      return true
    },
  })
  const signer = await openSigner({ remote: { url } }, { ...PORTS, timeoutMs: 200 })
  await assert.rejects(signer.signTransaction(TRANSACTION), refusal(E.TIMEOUT.code))
  await assert.rejects(signer.signAgentWalletSet(WALLET_SET, stop.signal), refusal(E.INTERRUPTED.code))
  const cut = await standInSigner(t, { intercept: ({ socket }) => socket.destroy().destroyed })
  await assert.rejects(openSigner({ remote: { url: cut.url } }, PORTS), refusal(E.UNREACHABLE.code))
})

test('error: URLs that would show a token to others are refused', () => {
  assert.equal(remoteUrl('https://signer.example/base/'), 'https://signer.example/base')
  assert.equal(remoteUrl('http://[::1]:9000'), 'http://[::1]:9000')
  assert.equal(remoteUrl('http://127.1:9000/'), 'http://127.0.0.1:9000')
  const bad = [
    'http://10.0.0.1:9000',
    'http://127.0.0.1.example',
    'https://a:canary@b',
    'https://b/?k=canary',
    'ftp://b',
    '',
  ]
  for (const url of bad) assert.throws(() => remoteUrl(url), refusal(E.REMOTE_URL.code, ['canary']), url)
})

test('behavior: a Service is reached by a port-forward that is closed again, also after a failure', async (t) => {
  const { url } = await standInSigner(t)
  const log: string[] = []
  const forward = async ({ namespace, service, port }: { namespace: string; service: string; port: number }) => {
    log.push(`open ${namespace}/${service}:${port}`)
    return { url, close: async () => void log.push('close') }
  }
  const ports = { ...PORTS, forward }
  const signer = await openSigner({ remote: { service: 'agents/remote-signer' } }, ports)
  assert.equal(signer.description, 'remote signer agents/remote-signer:9000')
  await signer.close()
  const absent = openSigner({ remote: { service: 'agents/remote-signer', port: 9001 }, address: OTHER }, ports)
  await assert.rejects(absent, refusal(E.KEY_NOT_HELD.code))
  assert.deepEqual(log, ['open agents/remote-signer:9000', 'close', 'open agents/remote-signer:9001', 'close'])
  for (const remote of [{ service: 'a/b' }, { service: 'no-namespace' }, {}, { url, service: 'a/b' }]) {
    await assert.rejects(openSigner({ remote }, PORTS), refusal(E.REMOTE_URL.code))
  }
})
