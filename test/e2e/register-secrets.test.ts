import assert from 'node:assert/strict'
import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { send, standInSigner } from '../chain/signers/stand-in-signer.ts'
import type { CliRun } from '../support/run-cli.ts'
import { TEST_KEY } from '../support/test-signer.ts'
import { type ChainShop, chainOfFile, keystoreOf, openChainShop, type Spec } from './chain-shop.ts'
import { codesIn, seen } from './shop.ts'

/** One per place, so that a leak says where it came from. */
const CANARY = {
  user: 'CanaryUser5h2',
  password: 'CanaryRpcPassword8x3',
  path: 'CanaryRpcPath1k7',
  query: 'CanaryRpcQuery6m4',
  token: 'CanaryBearer3w9',
  keystore: 'CanaryKeystorePassword2d5',
  keyFile: 'CanaryKeyFile7s1',
} as const

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const CREDENTIALS = base64(`${CANARY.user}:${CANARY.password}`).replace(/=+$/, '')
const WORDS: readonly string[] = [...Object.values(CANARY).flatMap((word) => [word, base64(word)]), CREDENTIALS]
const chain = chainOfFile()

const COMMANDS: readonly (readonly string[])[] = [
  ['validate'],
  ['plan'],
  ['plan', '--all', '--json'],
  ['plan', '--graph', 'mermaid'],
  ['plan', '--why', 'spec.payment'],
  ['apply', '--yes', '--wait', '1'],
  ['apply', '--yes', '--json', '--wait', '1'],
  ['status'],
  ['journal'],
  ['journal', '--events'],
  ['journal', '--json', '--events'],
]

type Env = Readonly<Record<string, string>>

/** Every command as a user and with OBOL_DEBUG=1; asserts that nothing secret is in what is said or written. */
async function runAll(shop: ChainShop, env: Env = {}, commands = COMMANDS): Promise<readonly CliRun[]> {
  const runs: CliRun[] = []
  for (const command of commands) {
    for (const debug of ['', '1']) runs.push(await shop.obol(command, { env: { ...env, OBOL_DEBUG: debug } }))
  }
  const keys = [shop.owner.privateKey, TEST_KEY].flatMap((key) => [key.slice(2), key.slice(2).toUpperCase()])
  const written = ['state', 'cache', 'home'].flatMap((folder) => textsBelow(join(shop.folder, folder)))
  for (const text of [...runs.map(seen), ...written]) {
    for (const secret of [...WORDS, ...keys]) assert.ok(!text.includes(secret), `${secret} in:\n${text}`)
  }
  return runs
}

function textsBelow(folder: string): readonly string[] {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
}

function codesOf(runs: readonly CliRun[]): readonly string[] {
  return codesIn(runs.map(seen).join('\n'))
}

/** The proxy's address with a secret in each place of a URL. */
function secretUrl({ proxy }: ChainShop): string {
  const [, host = ''] = proxy.url('').split('//')
  return `http://${CANARY.user}:${CANARY.password}@${host}v2/${CANARY.path}?apikey=${CANARY.query}`
}

function withRpc(rpc: string): Spec {
  return { chains: { 'base-sepolia': { rpc, confirmations: 1 } } }
}

test('default: a registration from key file and secret URL says neither', async (t) => {
  const shop = await openChainShop(t, chain())
  shop.configure(withRpc(secretUrl(shop)))
  await runAll(shop)
  assert.equal((await shop.minted()).length, 1)
  assert.ok(
    shop.proxy.exchanges().some(({ client }) => client.includes(CANARY.path)),
    'the URL was used',
  )
})

test('default: the URL in the environment, the key in a keystore, its password in the environment', async (t) => {
  const shop = await openChainShop(t, chain())
  shop.configure({ ...withRpc('http://127.0.0.1:1'), signer: { keystore: { file: 'owner.json' } } })
  shop.writeSecret('owner.json', keystoreOf(shop.owner, CANARY.keystore))
  const env = { OBOL_KEYSTORE_PASSWORD: CANARY.keystore, OBOL_RPC_BASE_SEPOLIA: secretUrl(shop) }
  await runAll(shop, env)
  assert.equal((await shop.minted()).length, 1)
})

test('default: a remote signer with a bearer token', async (t) => {
  const shop = await openChainShop(t, chain())
  const signer = await standInSigner(t, { token: CANARY.token })
  shop.configure({ ...withRpc(secretUrl(shop)), signer: { remote: { url: signer.url, tokenFile: 'token' } } })
  shop.writeSecret('token', CANARY.token)
  await runAll(shop)
  assert.ok(signer.received.some(({ path }) => path.endsWith('/transaction')))
  assert.ok(shop.agentId() !== undefined)
})

test('error: a node that repeats the URL in its refusals', async (t) => {
  const shop = await openChainShop(t, chain())
  const url = secretUrl(shop)
  shop.configure(withRpc(url))
  const message = `no: ${url} ${CANARY.path} ${CANARY.query} Basic ${CREDENTIALS}==`
  const refuse = { kind: 'error', code: -32_000, message, delivers: false } as const
  shop.proxy.begin({ onRequest: async () => refuse })
  const read = await runAll(shop)
  assert.ok(
    codesOf(read).some((code) => code.startsWith('OBOL-C')),
    codesOf(read).join(' '),
  )
  shop.proxy.begin({
    onRequest: async ({ methods }) => (methods.includes('eth_sendRawTransaction') ? refuse : undefined),
  })
  const sent = await runAll(shop)
  assert.ok(codesOf(sent).includes('OBOL-R007'), codesOf(sent).join(' '))
  assert.match(sent.map(seen).join('\n'), /no: \S*\*\*\*/, 'its words are told, masked')
})

test('error: endpoints that cannot be used or reached', async (t) => {
  const shop = await openChainShop(t, chain())
  const dead = secretUrl(shop).replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1')
  for (const url of [
    dead,
    dead.replace('http:', 'https:'),
    `ftp://${CANARY.user}@127.0.0.1/`,
    `no url ${CANARY.path}`,
  ]) {
    shop.configure(withRpc(url))
    await runAll(shop, {}, [['plan', '--json']])
    shop.configure(withRpc('http://127.0.0.1:1'))
    const runs = await runAll(shop, { OBOL_RPC_BASE_SEPOLIA: url }, [['apply', '--yes']])
    assert.ok(
      codesOf(runs).some((code) => code.startsWith('OBOL-C')),
      `${url}: ${codesOf(runs).join(' ')}`,
    )
  }
  shop.proxy.begin({ onRequest: async () => ({ kind: 'cut' }) })
  shop.configure(withRpc(secretUrl(shop)))
  await runAll(shop, {}, [['plan']])
  assert.equal(await shop.sent(), 0)
})

test('error: key files, keystores and passwords that are refused', async (t) => {
  const shop = await openChainShop(t, chain())
  const few = [['plan'], ['plan', '--json'], ['apply', '--yes'], ['apply', '--yes', '--json']]
  const expect = async (code: string, signer: Spec, env: Env = {}): Promise<void> => {
    shop.configure({ signer: JSON.parse(JSON.stringify(signer)) })
    const codes = codesOf(await runAll(shop, env, few))
    assert.ok(codes.includes(code), `${code}: ${codes.join(' ')}`)
  }
  chmodSync(join(shop.folder, 'owner.key'), 0o644)
  await expect('OBOL-G001', { keyFile: 'owner.key' })
  for (const text of [
    CANARY.keyFile,
    `${shop.owner.privateKey}${CANARY.keyFile}`,
    shop.owner.privateKey.slice(0, -2),
  ]) {
    shop.writeSecret('bad.key', text)
    await expect('OBOL-G001', { keyFile: 'bad.key' })
  }
  const keystore = keystoreOf(shop.owner, CANARY.keystore)
  shop.writeSecret('owner.json', keystore)
  shop.writeSecret('bad.json', keystore.replace('"version":3', `"version":"${CANARY.keyFile}"`))
  shop.writeSecret('password', `wrong ${CANARY.keystore}`)
  await expect('OBOL-G005', { keystore: { file: 'owner.json', passwordFile: 'password' } })
  await expect('OBOL-G005', { keystore: { file: 'owner.json' } }, { OBOL_KEYSTORE_PASSWORD: `${CANARY.keystore}x` })
  await expect('OBOL-G002', { keystore: { file: 'bad.json' } }, { OBOL_KEYSTORE_PASSWORD: CANARY.keystore })
  // A key where a path belongs.
  await expect('OBOL-W006', { keyFile: shop.owner.privateKey })
  assert.equal(await shop.sent(), 0)
})

test('error: a remote signer that repeats the token or refuses', async (t) => {
  const shop = await openChainShop(t, chain())
  const few = [['plan'], ['plan', '--json'], ['apply', '--yes'], ['apply', '--yes', '--json']]
  const quoting = (status: number) =>
    standInSigner(t, {
      intercept: (request, response) => {
        const isKeys = request.url === '/api/v1/keys' && status !== 401
        if (!isKeys) send(response, status, { error: `refused: ${request.headers.authorization}, key ${TEST_KEY}` })
        return !isKeys
      },
    })
  for (const [status, code] of [
    [401, 'OBOL-G023'],
    [403, 'OBOL-G02'],
    [422, 'OBOL-G02'],
    [500, 'OBOL-G027'],
  ] as const) {
    const { url } = await quoting(status)
    // The stand-in's key has an identity already; each workspace wants one of its own.
    const own = { rpc: shop.proxy.url('rpc'), confirmations: 1, agentId: 'new' }
    shop.configure({ id: 'refused', signer: { remote: { url } }, chains: { 'base-sepolia': own } })
    const runs = await runAll(shop, { REMOTE_SIGNER_TOKEN: CANARY.token }, few)
    assert.ok(
      codesOf(runs).some((found) => found.startsWith(code)),
      `${status}: ${codesOf(runs).join(' ')}`,
    )
  }
  assert.equal(shop.agentId(), undefined)
})

test('error: a workspace file that is wrong where a secret stands', async (t) => {
  const shop = await openChainShop(t, chain())
  const key = shop.owner.privateKey
  for (const spec of [
    { signer: { privateKey: key } },
    { signer: { keyFile: 'owner.key', key } },
    { signer: { keystore: { file: 'owner.json', password: CANARY.keystore } } },
    { signer: { remote: { url: `http://${CANARY.user}:${CANARY.password}@127.0.0.1:1` } } },
    { signer: { remote: { url: 'http://127.0.0.1:1', token: CANARY.token } } },
    { signer: key },
    { chains: { 'base-sepolia': { rpc: [secretUrl(shop)] } } },
    { chains: { 'base-sepolia': secretUrl(shop) } },
    { chains: { [secretUrl(shop)]: { rpc: 'http://127.0.0.1:1' } } },
    { baseUrl: `https://${CANARY.user}:${CANARY.password}@shop.example.com` },
  ]) {
    shop.configure(spec)
    const runs = await runAll(shop, {}, [['validate'], ['plan'], ['plan', '--json'], ['apply', '--yes']])
    assert.equal(await shop.sent(), 0)
    assert.ok(codesOf(runs).length > 0, JSON.stringify(Object.keys(spec)))
  }
})
