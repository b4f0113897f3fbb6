import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import type { SignerSource } from '../../src/chain/types.ts'
import { OFFER_ERRORS } from '../../src/errors/offers.ts'
import { WORKSPACE_ERRORS } from '../../src/errors/workspace.ts'
import { initWorkspace, newWorkspaceId, WORKSPACE_PATHS } from '../../src/offers/init-workspace.ts'
import { loadOffers } from '../../src/offers/load-offers.ts'
import { formatProblem } from '../../src/offers/problem.ts'
import { readWorkspace } from '../../src/offers/read-workspace.ts'
import { assertGolden } from '../support/golden.ts'
import { PAY_TO } from './factories.ts'
import { tempFolder } from './temp-folder.ts'

const HEAD = 'apiVersion: offers.obol.org/v1alpha1\nkind: Workspace\nmetadata: { name: test }\n'

describe('readWorkspace', () => {
  test('default: what is not said has its default', async (t) => {
    const folder = tempFolder(t, { 'obol.yaml': `${HEAD}spec: { id: ws-1 }\n` })
    assert.deepEqual(await readWorkspace(folder), {
      result: 'found',
      workspace: {
        name: 'test',
        id: 'ws-1',
        offers: ['offers'],
        prune: { maxCount: 3, maxPercent: 10 },
        apply: { concurrency: 16 },
        wallets: [],
        chains: new Map(),
        idempotencyKey: true,
      },
    })
  })

  test('behavior: what is said is kept', async (t) => {
    const spec =
      'spec: { id: ws-1, host: { address: 10.0.0.5 }, offers: [a, b.yaml], prune: { maxCount: 0 }, apply: { concurrency: 2 } }'
    const found = await readWorkspace(tempFolder(t, { 'obol.yaml': `${HEAD}${spec}\n` }))
    assert.deepEqual(found.result === 'found' && found.workspace, {
      name: 'test',
      id: 'ws-1',
      hostAddress: '10.0.0.5',
      offers: ['a', 'b.yaml'],
      prune: { maxCount: 0, maxPercent: 10 },
      apply: { concurrency: 2 },
      wallets: [],
      chains: new Map(),
      idempotencyKey: true,
    })
  })

  test('behavior: what a registration needs is kept, in one form', async (t) => {
    const spec = `spec:
  id: ws-1
  baseUrl: HTTPS://Sell.Example.com/shop/
  signer: { keyFile: keys/owner, address: "${PAY_TO.toLowerCase()}" }
  wallets:
    - keystore: { file: keys/wallet.json, passwordFile: keys/password }
    - remote: { service: signer/remote-signer, port: 9001, tokenFile: keys/token, form: numbers }
    - address: "${PAY_TO}"
  chains:
    mainnet: { rpc: "https://rpc.example.com/v3/secret", confirmations: 20, agentId: "0" }
    eip155:84532: { agentId: new }
    base: {}
  limits: { maxFee: "0.002" }
  idempotencyKey: true
`
    const found = await readWorkspace(tempFolder(t, { 'obol.yaml': `${HEAD}${spec}` }))
    assert.ok(found.result === 'found')
    const { baseUrl, signer, wallets, chains, maxFee, idempotencyKey } = found.workspace
    assert.deepEqual(
      { baseUrl, signer, wallets, chains, maxFee, idempotencyKey },
      {
        baseUrl: 'https://sell.example.com/shop',
        signer: { keyFile: 'keys/owner', address: PAY_TO },
        wallets: [
          { keystore: { file: 'keys/wallet.json', passwordFile: 'keys/password' } },
          { remote: { service: 'signer/remote-signer', port: 9001, tokenFile: 'keys/token', form: 'numbers' } },
          { address: PAY_TO },
        ],
        chains: new Map<string, object>([
          ['ethereum', { rpc: 'https://rpc.example.com/v3/secret', confirmations: 20, agentId: '0' }],
          ['base-sepolia', { agentId: 'new' }],
          ['base', {}],
        ]),
        maxFee: 2_000_000_000_000_000n,
        idempotencyKey: true,
      },
    )
    // What the file says of a signer is what the chain's room takes.
    const source: SignerSource | undefined = signer
    assert.ok(source)
  })

  test('error: a new identity without the key that finds it again', async (t) => {
    const spec = 'spec:\n  id: ws-1\n  idempotencyKey: false\n  chains: { base: { agentId: new } }\n'
    const found = await readWorkspace(tempFolder(t, { 'obol.yaml': `${HEAD}${spec}` }))
    assert.ok(found.result === 'invalid')
    assert.deepEqual(
      found.problems.map(({ code, path }) => [code, path]),
      [['OBOL-W007', 'spec.chains.base.agentId']],
    )
  })

  test('behavior: a base URL is https, or http on this host', async (t) => {
    const baseUrlOf = async (baseUrl: string) => {
      const text = `${HEAD}spec: { id: ws-1, baseUrl: ${JSON.stringify(baseUrl)} }\n`
      const found = await readWorkspace(tempFolder(t, { 'obol.yaml': text }))
      return found.result === 'invalid'
        ? found.problems.map(({ code }) => code)
        : found.result === 'found' && found.workspace.baseUrl
    }
    for (const right of ['https://a.example', 'http://localhost:8080', 'http://127.0.0.1:1/x', 'http://[::1]:8080']) {
      assert.equal(await baseUrlOf(right), right)
    }
    assert.equal(await baseUrlOf('https://a.example/'), 'https://a.example')
    for (const wrong of [
      '',
      'a.example',
      'ftp://a.example',
      'http://a.example',
      'http://localhost.example',
      'https://u:p@a.example',
      'https://a.example?x=1',
      'https://a.example/?',
      'https://a.example#x',
      'https:a.example',
      ' https://a.example',
    ]) {
      assert.deepEqual(await baseUrlOf(wrong), [WORKSPACE_ERRORS.BASE_URL_INVALID.code], wrong)
    }
  })

  test('error: every mistake of a registration at once, without a secret (golden)', async (t) => {
    const secret = 'ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
    const text = `${HEAD}spec:
  id: ws-1
  baseUrl: https://user:${secret}@sell.example.com
  signer: { keyFile: "0x${secret}", keystore: { file: k }, address: "${PAY_TO.replace('C', 'c')}" }
  wallets:
    - {}
    - remote: {}
    - remote: { url: "ftp://${secret}@x", service: signer/remote, port: 0, form: hex }
    - remote: { url: "http://127.0.0.1:9000", port: 9000, token: ${secret} }
    - { keystore: { passwordFile: p }, privateKey: "${secret}" }
    - { keyFile: 12345 }
  chains:
    base-seplia: {}
    base: { rpc: "wss://x/${secret}", confirmations: 0, agentId: "01", rcp: "${secret}" }
    base-mainnet: { rpc: 12345, confirmations: 1001, agentId: 7 }
  limits: { maxFee: "0.0000000000000000001", maxfee: "1" }
  idempotencyKey: "no"
`
    const found = await readWorkspace(tempFolder(t, { 'obol.yaml': text }))
    assert.ok(found.result === 'invalid')
    const report = found.problems.map(formatProblem).join('\n')
    assert.equal(report.includes(secret.slice(0, 8)), false)
    assert.equal(report.includes('12345'), false)
    assertGolden('fixtures/offers/workspace-registration.txt', `${report}\n`)
  })

  test('error: a limit is a decimal of the coin', async (t) => {
    for (const [maxFee, code] of [
      ['"-1"', OFFER_ERRORS.INVALID_VALUE.code],
      ['"1e3"', OFFER_ERRORS.INVALID_VALUE.code],
      ['0.5', OFFER_ERRORS.WRONG_TYPE.code],
    ] as const) {
      const text = `${HEAD}spec: { id: ws-1, limits: { maxFee: ${maxFee} } }\n`
      const found = await readWorkspace(tempFolder(t, { 'obol.yaml': text }))
      assert.deepEqual(found.result === 'invalid' && found.problems.map((problem) => problem.code), [code], maxFee)
    }
  })

  test('error: no workspace', async (t) => {
    const folder = tempFolder(t)
    assert.deepEqual(await readWorkspace(folder), { result: 'missing', file: join(folder, 'obol.yaml') })
    assert.equal((await readWorkspace(join(folder, 'nowhere'))).result, 'missing')
  })

  test('error: every mistake at once, with its place (golden)', async (t) => {
    const text = `apiVersion: offers.obol.org/v1\nkind: Workspace\nspec:\n  id: "-x"\n  offer: [a]\n  prune: { maxCount: -1, maxPercent: 200 }\n  apply: { concurrency: many }\n`
    const found = await readWorkspace(tempFolder(t, { 'obol.yaml': text }))
    assert.ok(found.result === 'invalid')
    assertGolden('fixtures/offers/workspace.txt', `${found.problems.map(formatProblem).join('\n')}\n`)
  })

  test('error: a host address that Pods cannot reach', async (t) => {
    for (const address of ['127.0.0.1', 'localhost', '169.254.0.1']) {
      const text = `${HEAD}spec: { id: ws-1, host: { address: ${address} } }\n`
      const found = await readWorkspace(tempFolder(t, { 'obol.yaml': text }))
      assert.deepEqual(
        found.result === 'invalid' && found.problems.map(({ code }) => code),
        [WORKSPACE_ERRORS.HOST_ADDRESS_INVALID.code],
        address,
      )
    }
  })

  test('error: an empty, broken, doubled or unreadable file', async (t) => {
    const codesOf = async (files: Readonly<Record<string, string | Uint8Array>>) => {
      const found = await readWorkspace(tempFolder(t, files))
      return found.result === 'invalid' ? found.problems.map(({ code }) => code) : found.result
    }
    const good = `${HEAD}spec: { id: ws-1 }\n`
    assert.deepEqual(await codesOf({ 'obol.yaml': '# nothing\n' }), [WORKSPACE_ERRORS.WORKSPACE_INVALID.code])
    assert.deepEqual(await codesOf({ 'obol.yaml': 'a: "b' }), [OFFER_ERRORS.YAML_SYNTAX.code])
    assert.deepEqual(await codesOf({ 'obol.yaml': `${good}---\n${good}` }), [WORKSPACE_ERRORS.WORKSPACE_INVALID.code])
    assert.deepEqual(await codesOf({ 'obol.yaml': `${good}kind: Workspace\n` }), [OFFER_ERRORS.DUPLICATE_KEY.code])
    assert.deepEqual(await codesOf({ 'obol.yaml': new Uint8Array([0xff]) }), [OFFER_ERRORS.SOURCE_NOT_TEXT.code])
    assert.deepEqual(await codesOf({ 'obol.yaml/x.yaml': '' }), [WORKSPACE_ERRORS.WORKSPACE_INVALID.code])
  })
})

describe('initWorkspace', () => {
  test('default: a workspace that can be read, with nothing for sale yet', async (t) => {
    const id = newWorkspaceId()
    const planned = initWorkspace({ name: 'my: offers', id, existing: [] })
    assert.ok(planned.result === 'ready')
    assert.deepEqual(
      planned.files.map(({ path }) => path),
      WORKSPACE_PATHS,
    )
    const folder = tempFolder(t)
    for (const { path, text } of planned.files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    const found = await readWorkspace(folder)
    assert.ok(found.result === 'found')
    assert.equal(found.workspace.id, id)
    assert.equal(found.workspace.name, 'my: offers')
    assert.equal(found.workspace.signer, undefined)
    const loaded = await loadOffers(found.workspace.offers, { base: folder, workspaceId: id })
    assert.deepEqual(loaded.problems, [])
    assert.deepEqual(loaded.desired.objects, [])
  })

  test('behavior: the sample is an offer once it is uncommented and has an address', async (t) => {
    const planned = initWorkspace({ name: 'w', id: 'ws-1', existing: [] })
    assert.ok(planned.result === 'ready')
    const sample = planned.files.find(({ path }) => path === 'offers/example.yaml')?.text ?? ''
    assert.match(sample, /^# yaml-language-server: \$schema=\.\.\/schemas\/offer\.schema\.json\n/)
    const start = sample.indexOf('# apiVersion')
    const bare = sample.slice(start).replaceAll(/^# ?/gm, '')
    const load = (text: string) =>
      loadOffers(['a.yaml'], {
        base: tempFolder(t, { 'a.yaml': text }),
        workspaceId: 'w',
        hostAddress: async () => '10.0.0.1',
      })
    assert.deepEqual(
      (await load(bare)).problems.map(({ code }) => code),
      [OFFER_ERRORS.ADDRESS_INVALID.code],
    )
    const filled = bare.replace('0xYourWalletAddress', '0x70997970C51812dc3A010C7d01b50e0d17dc79C8')
    const { desired, problems } = await load(filled)
    assert.deepEqual(problems, [])
    assert.deepEqual(
      desired.objects.map(({ ref }) => ref.kind),
      ['Service', 'Endpoints', 'ServiceOffer'],
    )
  })

  test('behavior: what is commented out in obol.yaml is right once it is not', async (t) => {
    const planned = initWorkspace({ name: 'w', id: 'ws-1', existing: [] })
    assert.ok(planned.result === 'ready')
    const text = planned.files[0]?.text ?? ''
    const bare = text.replaceAll(/^ {2}# (( {2})*[a-zA-Z-]+:.*)$/gm, '  $1')
    const found = await readWorkspace(tempFolder(t, { 'obol.yaml': bare }))
    assert.ok(found.result === 'found')
    const { hostAddress, baseUrl, signer, chains } = found.workspace
    assert.deepEqual(
      [hostAddress, baseUrl, signer],
      ['172.17.0.1', 'https://sell.example.com', { keyFile: 'keys/owner' }],
    )
    assert.deepEqual([...chains.keys()], ['base-sepolia'])
  })

  test('behavior: ids are label values and differ', () => {
    const ids = new Set(Array.from({ length: 50 }, newWorkspaceId))
    assert.equal(ids.size, 50)
    for (const id of ids) assert.match(id, /^ws-[0-9a-f]{12}$/)
  })

  test('behavior: a .gitignore of yours stays', () => {
    const planned = initWorkspace({ name: 'w', id: 'ws-1', existing: ['.gitignore'] })
    assert.ok(planned.result === 'ready')
    assert.equal(
      planned.files.some(({ path }) => path === '.gitignore'),
      false,
    )
  })

  test('error: nothing is overwritten', () => {
    assert.deepEqual(initWorkspace({ name: 'w', id: 'ws-1', existing: ['obol.yaml', 'README.md', '.gitignore'] }), {
      result: 'refused',
      existing: ['obol.yaml'],
    })
  })
})
