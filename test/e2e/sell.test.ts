import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parse } from 'yaml'
import { jsonAt } from '../../src/util/json.ts'
import { assertGolden } from '../support/golden.ts'
import {
  codesIn,
  foreignPatch,
  OTHER_PAYEE,
  offer,
  openShop,
  openWorkspace,
  PAYEE,
  seen,
  type Workspace,
} from './shop.ts'

const TERMS = ['--pay-to', PAYEE, '--network', 'base-sepolia']
const INFERENCE = ['sell', 'inference', 'aeon', '--model', 'aeon-ultimate', '--per-mtok', '23', ...TERMS]
const HTTP = ['sell', 'http', 'weather', '--upstream', 'weather', '--price', '0.002', ...TERMS]

function fileOf({ folder }: Workspace, name: string): string {
  return readFileSync(join(folder, 'offers', `${name}.yaml`), 'utf8')
}

/** The spec that a command line prints. */
async function specOf(workspace: Workspace, args: readonly string[]) {
  const run = await workspace.obol([...args, '--print'])
  assert.equal(run.exitCode, 0, seen(run))
  return parse(run.stdout).spec
}

describe('a new offer', () => {
  test('row 1: every register flag is there for inference, and no price is assumed', async (t) => {
    const workspace = openWorkspace(t)
    const help = (await workspace.obol(['sell', 'inference', '--help'])).stdout
    for (const name of ['name', 'image', 'skills', 'domains', 'metadata'])
      assert.ok(help.includes(`--register-${name}`))
    for (const name of ['--no-register', '--description']) assert.ok(help.includes(name))
    const run = await workspace.obol(['sell', 'inference', 'aeon', '--print'])
    assert.deepEqual([run.exitCode, codesIn(run.stderr)], [64, ['OBOL-L004']])
    assert.match(run.stderr, /--model[\s\S]*--pay-to[\s\S]*--price/)
  })

  test('row 2: it is to be registered, under its own name, unless told otherwise', async (t) => {
    const { registration } = await specOf(openWorkspace(t), INFERENCE)
    assert.deepEqual(registration, { enabled: true, name: 'aeon' })
  })

  test('row 3: with --no-register it has no registration at all, and both is a contradiction', async (t) => {
    const workspace = openWorkspace(t)
    assert.equal('registration' in (await specOf(workspace, [...INFERENCE, '--no-register'])), false)
    const both = await workspace.obol([...INFERENCE, '--no-register', '--register-name', 'A', '--print'])
    assert.deepEqual([both.exitCode, codesIn(both.stderr)], [64, ['OBOL-L005']])
  })

  test('row 4: what the operator says of the registration is kept as it is', async (t) => {
    const { registration } = await specOf(openWorkspace(t), [
      ...INFERENCE,
      ...['--register-name', 'Aeon', '--description', 'Long answers', '--register-image', 'https://example.com/a.png'],
      ...['--register-skills', 'a/b', '--register-skills', 'c/d', '--register-domains', 'e'],
      ...['--register-metadata', 'k=v=w'],
    ])
    assert.deepEqual(registration, {
      enabled: true,
      name: 'Aeon',
      description: 'Long answers',
      image: 'https://example.com/a.png',
      skills: ['a/b', 'c/d'],
      domains: ['e'],
      metadata: { k: 'v=w' },
    })
  })

  test('row 5: the model is the one that was named', async (t) => {
    const { model, gateway } = await specOf(openWorkspace(t), INFERENCE)
    assert.equal(model.name, 'aeon-ultimate')
    assert.deepEqual(gateway, { listen: ':8402', upstream: 'http://localhost:11434' })
  })

  test('default: files as they are written', async (t) => {
    const workspace = openWorkspace(t, { 'schemas/offer.schema.json': '{}' })
    const lines = [
      INFERENCE,
      [...HTTP, '--route', 'path=/tiles/*,methods=GET|HEAD,price=0.001,summary=tiles, small ones', '--rps', '20'],
      [
        ...['sell', 'http', 'two', '--upstream', 'two', '--pay-to', PAYEE],
        '--accept',
        'token=USDC,network=base-sepolia,price=0.01',
        '--accept',
        'token=OBOL,network=ethereum,price=1',
      ],
      ['sell', 'agent', 'analyst', '--price', '0.05', ...TERMS],
    ]
    const texts: string[] = []
    for (const line of lines) {
      const run = await workspace.obol([...line, '--print'])
      assert.equal(run.exitCode, 0, seen(run))
      texts.push(run.stdout)
    }
    assertGolden('e2e/golden/sell-files.yaml', texts.join('---\n'))
    assert.equal(existsSync(join(workspace.folder, 'offers', 'aeon.yaml')), false, '--print writes nothing')
  })

  test('default: it is written, planned and applied, and the second time there is nothing to do', async (t) => {
    const shop = await openShop(t, { files: { 'offers/hello.yaml': '' } })
    const sold = await shop.obol([...HTTP, '--no-register', '--yes'])
    assert.equal(sold.exitCode, 0, seen(sold))
    assert.match(sold.stdout, /\+ ServiceOffer +default\/weather/)
    assert.match(JSON.stringify(shop.live('weather')), /"price":\{"perRequest":"0.002"\}/)
    assert.equal((await shop.obol(['plan', '--exit-code'])).exitCode, 0)
    const before = fileOf(shop, 'weather')
    const again = await shop.obol([...HTTP, '--no-register', '--yes'])
    assert.equal(again.exitCode, 0, seen(again))
    assert.equal(fileOf(shop, 'weather'), before)
  })

  test('behavior: what is not agreed to is not there afterwards', async (t) => {
    const shop = await openShop(t)
    const asked = await shop.obol([...HTTP, '--no-register'])
    assert.deepEqual([asked.exitCode, codesIn(asked.stderr)], [6, ['OBOL-A011']], seen(asked))
    assert.equal(existsSync(join(shop.folder, 'offers', 'weather.yaml')), false)
    assert.match(asked.stderr, /the same command with --yes/)
    const before = fileOf(shop, 'hello')
    const update = await shop.obol(['sell', 'update', 'hello', '--per-mtok', '20'])
    assert.equal(update.exitCode, 6, seen(update))
    assert.equal(fileOf(shop, 'hello'), before)
    assert.equal(shop.live('weather'), undefined)
  })

  test('behavior: without a cluster the file is written, and the next apply goes on from there', async (t) => {
    const workspace = openWorkspace(t)
    const run = await workspace.obol([...HTTP, '--no-register', '--yes'])
    assert.deepEqual([run.exitCode, codesIn(run.stderr)], [1, ['OBOL-K001']], seen(run))
    assert.match(run.stderr, /stays as it is now: obol apply goes on from there/)
    assert.match(fileOf(workspace, 'weather'), /perRequest: "0.002"/)
  })

  test('error: nothing is written that has a mistake', async (t) => {
    const shop = await openShop(t)
    for (const args of [
      [...HTTP, '--price', '0'],
      ['sell', 'http', 'weather', '--upstream', 'w', '--price', '-1', ...TERMS],
      ['sell', 'http', 'weather', '--upstream', 'w', '--price', '1', '--pay-to', '0x12'],
      ['sell', 'http', 'weather', '--upstream', 'w', '--price', '1', '--pay-to', PAYEE, '--network', 'bse'],
      ['sell', 'http', 'Weather!', '--upstream', 'w', '--price', '1', ...TERMS],
      ['sell', 'http', 'weather', '--upstream', 'w', '--price', '1', '--path', '/services/hello', ...TERMS],
      ['sell', 'inference', 'm', '--model', 'a/b', '--price', '1', ...TERMS],
      ['sell', 'http', 'weather', '--upstream', 'w', '--price', '1', '--per-mtok', '1', ...TERMS],
      ['sell', 'http', 'weather', '--upstream', 'w', '--accept', 'token=USDC,price=1,price=2', ...TERMS],
      ['sell', 'http', 'weather', '--upstream', 'w', '--price', '1', '--route', 'paht=/a', ...TERMS],
    ]) {
      const run = await shop.obol([...args, '--yes'])
      assert.notEqual(run.exitCode, 0, `${args.join(' ')}\n${seen(run)}`)
      assert.equal(existsSync(join(shop.folder, 'offers', 'weather.yaml')), false, args.join(' '))
    }
    const other = await shop.obol([
      'sell',
      'inference',
      'hello',
      '--model',
      'm',
      '--price',
      '1',
      '--namespace',
      'default',
    ])
    assert.deepEqual([other.exitCode, codesIn(other.stderr)], [1, ['OBOL-L007']], seen(other))
    assert.equal(shop.requests.filter((request) => request.startsWith('PATCH')).length, 0)
  })
})

describe('an update', () => {
  const FILE = `# ours
${offer('hello', 'perRequest: "0.01" # cheap')}    maxTimeoutSeconds: 60
`

  test('row 13: who is paid, and nothing else', async (t) => {
    const workspace = openWorkspace(t, { 'offers/hello.yaml': FILE })
    const run = await workspace.obol(['sell', 'update', 'hello', '--pay-to', OTHER_PAYEE, '--print'])
    assert.equal(run.stdout, FILE.replace(PAYEE, OTHER_PAYEE))
  })

  for (const [flag, kind, amount] of [
    ['--per-request', 'perRequest', '0.002'],
    ['--per-mtok', 'perMTok', '5.0'],
    ['--per-hour', 'perHour', '1.0'],
  ] as const) {
    test(`row 14: a price by ${flag} leaves exactly one key, in the file and in the cluster`, async (t) => {
      const others = ['perRequest', 'perMTok', 'perHour'].filter((other) => other !== kind)
      for (const before of others) {
        const shop = await openShop(t, { files: { 'offers/hello.yaml': offer('hello', `${before}: "7"`) } })
        assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
        // Somebody else holds the old price: left to itself, server-side apply would keep it beside the new one.
        await foreignPatch(shop, 'hello', { spec: { payment: { price: { [before]: '9' } } } })
        const run = await shop.obol(['sell', 'update', 'hello', flag, amount, '--yes'])
        assert.equal(run.exitCode, 0, seen(run))
        assert.deepEqual(parse(fileOf(shop, 'hello')).spec.payment.price, { [kind]: amount })
        assert.match(JSON.stringify(shop.live('hello')), new RegExp(`"price":\\{"${kind}":"${amount}"\\}`))
      }
    })
  }

  test('row 15: without a field it names the flags that can be used', async (t) => {
    const run = await openWorkspace(t).obol(['sell', 'update', 'hello'])
    assert.deepEqual([run.exitCode, codesIn(run.stderr)], [64, ['OBOL-L003']])
    for (const name of ['--pay-to', '--network', '--price', '--per-mtok', '--per-hour', '--accept']) {
      assert.ok(run.stderr.includes(name), name)
    }
  })

  test('row 16: --wallet, --recipient and -w are --pay-to, and of two offers of a name the namespace has to be said', async (t) => {
    const far = offer('hello').replace('{ name: hello }', '{ name: hello, namespace: far }')
    const workspace = openWorkspace(t, {
      'offers/far.yaml': far.replace('  type: http', '  type: http\n  path: /services/far'),
    })
    for (const name of ['--pay-to', '--wallet', '--recipient', '-w']) {
      const args = ['sell', 'update', 'hello', name, OTHER_PAYEE, '--print']
      const vague = await workspace.obol(args)
      assert.deepEqual([vague.exitCode, codesIn(vague.stderr)], [64, ['OBOL-L002']], seen(vague))
      const run = await workspace.obol([...args, '-n', 'default'])
      assert.equal(parse(run.stdout).spec.payment.payTo, OTHER_PAYEE, seen(run))
    }
    const both = await workspace.obol(['sell', 'update', 'hello', '-w', PAYEE, '--recipient', OTHER_PAYEE, '--print'])
    assert.deepEqual(codesIn(both.stderr), ['OBOL-L005'])
  })

  test('behavior: of several ways to pay the first stays the offer’s own', async (t) => {
    const terms = `{ payTo: "${PAYEE}", network: base-sepolia, price: { perRequest: "0.01" } }`
    const second = terms.replace('network', 'token: OBOL, network').replace('base-sepolia', 'ethereum')
    const workspace = openWorkspace(t, {
      'offers/hello.yaml': offer('hello').replace(/$/, `  payments:\n    - ${terms}\n    - ${second}\n`),
    })
    const run = await workspace.obol([
      'sell',
      'update',
      'hello',
      '--per-mtok',
      '20',
      '--pay-to',
      OTHER_PAYEE,
      '--print',
    ])
    assert.equal(run.exitCode, 0, seen(run))
    const { payment, payments } = parse(run.stdout).spec
    assert.deepEqual(payments[0], payment)
    assert.deepEqual(payment.price, { perMTok: '20' })
    assert.equal(payments[1].price.perRequest, '0.01')
    const one = await workspace.obol([
      'sell',
      'update',
      'hello',
      '--accept',
      'token=USDC,network=base-sepolia,price=2',
      '-w',
      PAYEE,
      '--print',
    ])
    assert.equal(parse(one.stdout).spec.payments, undefined, seen(one))
    assert.equal(parse(one.stdout).spec.payment.price.perRequest, '2')
  })

  test('behavior: what --accept does not say stays as the offer has it, above all the chain', async (t) => {
    const run = await openWorkspace(t).obol(['sell', 'update', 'hello', '--accept', 'token=USDC,price=2', '--print'])
    const { payTo, network } = parse(run.stdout).spec.payment
    assert.deepEqual([payTo, network], [PAYEE, 'base-sepolia'], seen(run))
  })

  test('error: another chain with the asset of the old one', async (t) => {
    const asset = '    asset: { address: "0x036CbD53842c5426634e7929541eC2318f3dCF7e", symbol: USDC, decimals: 6 }\n'
    const workspace = openWorkspace(t, { 'offers/hello.yaml': `${offer('hello')}${asset}` })
    const args = ['sell', 'update', 'hello', '--network']
    const run = await workspace.obol([...args, 'base', '--print'])
    assert.deepEqual([run.exitCode, codesIn(run.stderr)], [64, ['OBOL-L005']], seen(run))
    const same = await workspace.obol([...args, 'eip155:84532', '--print'])
    assert.equal(same.exitCode, 0, seen(same))
    const other = await workspace.obol([...args, 'base', '--token', 'USDC', '--print'])
    assert.equal(parse(other.stdout).spec.payment.asset, undefined, seen(other))
  })

  test('behavior: a stopped offer stays stopped, whatever is applied, until it is sold again', async (t) => {
    const shop = await openShop(t, { files: { 'offers/hello.yaml': FILE } })
    assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
    const stopped = await shop.obol(['sell', 'stop', 'hello', '--yes'])
    assert.equal(stopped.exitCode, 0, seen(stopped))
    const drained = { drainAt: '2026-01-02T03:04:05Z', drainGracePeriod: '1h' }
    const { drainAt, drainGracePeriod } = parse(fileOf(shop, 'hello')).spec
    assert.deepEqual({ drainAt, drainGracePeriod }, drained)
    assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
    assert.equal(jsonAt(shop.live('hello'), ['spec', 'drainAt']), drained.drainAt)
    const later = { now: () => new Date('2026-01-02T05:00:00Z') }
    const now = await shop.obol(['sell', 'stop', 'hello', '--now', '--print'], later)
    assert.equal(now.stdout, fileOf(shop, 'hello').replace('1h', '0s'), 'it keeps its moment')
    const again = await shop.obol(['sell', 'http', 'hello', '--yes'])
    assert.equal(again.exitCode, 0, seen(again))
    assert.equal(fileOf(shop, 'hello'), FILE)
    assert.equal(jsonAt(shop.live('hello'), ['spec', 'drainAt']), undefined)
    const listed = await shop.obol(['sell', 'list'])
    assert.match(listed.stdout, /default\/hello/)
  })

  test('behavior: delete takes the file and the objects of that offer, and nothing else', async (t) => {
    const two = `${FILE}---\n# two\n${offer('two')}---\n${offer('three')}`
    const shop = await openShop(t, { files: { 'offers/hello.yaml': two, 'offers/four.yaml': offer('four') } })
    assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
    shop.remove('offers/four.yaml')
    shop.write('offers/five.yaml', offer('five'))
    const stored = shop.stored()
    const asked = await shop.obol(['sell', 'delete', 'two'])
    assert.deepEqual([asked.exitCode, fileOf(shop, 'hello'), shop.stored()], [6, two, stored], seen(asked))
    const deleted = await shop.obol(['sell', 'delete', 'two', '-f'])
    assert.equal(deleted.exitCode, 0, seen(deleted))
    assert.equal(fileOf(shop, 'hello'), `${FILE}---\n${offer('three')}`)
    for (const [name, isThere] of Object.entries({ hello: true, two: false, three: true, four: true, five: false })) {
      assert.equal(shop.live(name) !== undefined, isThere, name)
    }
    // Without what the journal remembers it is found all the same.
    shop.remove('state')
    const last = offer('six').replace('{ name: six }', '{ name: six, namespace: far }')
    await shop.send('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'far' } })
    shop.write('offers/six.yaml', last)
    assert.equal((await shop.obol(['apply', '--yes', 'offers/six.yaml'])).exitCode, 0)
    shop.remove('state')
    const alone = await shop.obol(['sell', 'delete', 'six', '--yes'])
    assert.equal(alone.exitCode, 0, seen(alone))
    assert.match(alone.stdout, /deleted/)
    assert.equal(existsSync(join(shop.folder, 'offers', 'six.yaml')), false)
  })

  test('error: an offer that no file has', async (t) => {
    const run = await openWorkspace(t).obol(['sell', 'update', 'helo', '--price', '1'])
    assert.deepEqual([run.exitCode, codesIn(run.stderr)], [1, ['OBOL-L001']])
    assert.match(run.stderr, /did you mean hello\?/)
  })
})
