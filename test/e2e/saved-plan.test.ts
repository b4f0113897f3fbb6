import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { openPlan } from '../../src/saved/open-plan.ts'
import { assertGolden } from '../support/golden.ts'
import { codesIn, foreignPatch, OFFERS_PATH, offer, openShop, type Shop, seen } from './shop.ts'

const FILE = 'plan.json'
const APPLY = ['apply', '--plan', FILE, '--yes']

/** A shop with `hello` applied and a price switch saved as a plan, in which somebody else's price key is nulled out. */
async function savedSwitch(t: Parameters<typeof openShop>[0], args: readonly string[] = []): Promise<Shop> {
  const shop = await openShop(t)
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  await foreignPatch(shop, 'hello', { spec: { payment: { price: { perRequest: '0.02' } } } })
  shop.write('offers/hello.yaml', offer('hello', 'perMTok: "20"'))
  const saved = await shop.obol(['plan', '--out', FILE, ...args])
  assert.equal(saved.exitCode, 0, seen(saved))
  return shop
}

function textOf(shop: Shop): string {
  return readFileSync(join(shop.folder, FILE), 'utf8')
}

/** Ports and times of the sandbox differ from run to run. */
function steady(text: string): string {
  return text
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:*')
    .replace(/\b20\d\d-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/sha256:[0-9a-f]{8,64}/g, 'sha256:*')
}

async function refused(shop: Shop, code: string, exitCode = 5, args = APPLY): Promise<string> {
  const before = shop.stored()
  const run = await shop.obol(args)
  assert.equal(run.exitCode, exitCode, seen(run))
  assert.deepEqual(codesIn(run.stderr), [code])
  assert.equal(shop.stored(), before, 'nothing was applied')
  return steady(run.stderr)
}

describe('a saved plan that still holds', () => {
  test('default: it is shown as it was, applied once, and good for nothing after that', async (t) => {
    const shop = await savedSwitch(t)
    const planned = await shop.obol(['plan'])
    const shown = await shop.obol(['show', FILE])
    const body = (text: string): string => text.slice(text.indexOf('\n\n'))
    assert.equal(body(shown.stdout), body(planned.stdout))
    const applied = await shop.obol(APPLY)
    assert.equal(applied.exitCode, 0, seen(applied))
    assert.match(JSON.stringify(shop.live('hello')), /"price":\{"perMTok":"20"\}/)
    assertGolden('e2e/golden/saved-plan-used.txt', await refused(shop, 'OBOL-V003'))
    const events = shop
      .journal()
      .split('\n')
      .filter((line) => /plan-used|apply-intended/.test(line))
    assert.match(events.at(-2) ?? '', /plan-used/, 'before the first side effect')
    assert.match((await shop.obol(['journal', '--events'])).stdout, /run of the saved plan sha256:[0-9a-f]{8}…/)
  })

  test('behavior: the same plan is the same file but for the time, and any format can be made of it', async (t) => {
    const shop = await savedSwitch(t)
    const first = textOf(shop)
    assert.equal((await shop.obol(['plan', '--out', FILE])).exitCode, 0)
    const parts = (text: string): object => {
      const { id: _, view, ...rest } = openPlan(text, FILE)
      return { ...rest, groups: view.groups }
    }
    assert.deepEqual(parts(textOf(shop)), parts(first))
    for (const format of ['text', 'json', 'markdown', 'github', 'sarif', 'html', 'junit']) {
      const run = await shop.obol(['show', FILE, '--format', format])
      assert.equal(run.exitCode, 0, seen(run))
      assert.notEqual(run.stdout, '')
    }
    assert.equal(statSync(join(shop.folder, FILE)).mode & 0o777, 0o644)
    assert.ok(!existsSync(join(shop.folder, 'state', 'plan.key')), 'no key where no secret is')
  })

  test('behavior: decisions and paths are those of the plan, wherever it is applied from', async (t) => {
    const shop = await openShop(t, { files: { 'offers/other.yaml': offer('other') } })
    assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
    await foreignPatch(shop, 'hello', { spec: { payment: { maxTimeoutSeconds: 90 } } })
    shop.write('offers/hello.yaml', offer('hello', 'perRequest: "0.01"\n    maxTimeoutSeconds: 60'))
    shop.write('offers/other.yaml', offer('other', 'perRequest: "0.07"'))
    const take = ['--take', 'default/hello:spec.payment.maxTimeoutSeconds']
    assert.equal((await shop.obol(['plan', '--out', FILE, ...take, 'offers/hello.yaml'])).exitCode, 0)
    const file = join(shop.folder, FILE)
    const run = await shop.obol(['apply', '--yes', '--plan', file, '--workspace', shop.folder], { cwd: '/' })
    assert.equal(run.exitCode, 0, seen(run))
    assert.match(JSON.stringify(shop.live('hello')), /"maxTimeoutSeconds":60/)
    assert.match(JSON.stringify(shop.live('other')), /"perRequest":"0.01"/)
  })

  test('behavior: fields that a later minor format added are no reason to refuse', async (t) => {
    const shop = await savedSwitch(t)
    const { planId } = await import('../../src/saved/digest.ts')
    const later = { ...JSON.parse(textOf(shop)), formatVersion: '1.7', novelty: { of: 'a later version' } }
    shop.write(FILE, JSON.stringify({ ...later, id: planId(later) }))
    assert.equal((await shop.obol(APPLY)).exitCode, 0)
  })
})

describe('a saved plan that is stale', () => {
  test('error: every reason at once: field, old and new value, owner and time', async (t) => {
    const shop = await savedSwitch(t)
    await foreignPatch(shop, 'hello', { spec: { payment: { price: { perRequest: '0.03' } } } }, 'helm')
    assertGolden('e2e/golden/saved-plan-moved.txt', await refused(shop, 'OBOL-V004'))
    await refused(shop, 'OBOL-V004', 5, [...APPLY, '--allow-unrelated'])
  })

  test('error: a field that was as wanted and is not any more', async (t) => {
    const shop = await openShop(t)
    assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
    shop.write('offers/more.yaml', offer('more'))
    assert.equal((await shop.obol(['plan', '--out', FILE])).exitCode, 0)
    await foreignPatch(shop, 'hello', { spec: { payment: { price: { perRequest: '0.5' } } } }, 'kubectl-edit')
    assertGolden('e2e/golden/saved-plan-drifted.txt', await refused(shop, 'OBOL-V004'))
  })

  test('error: moved in nothing that the plan relies on, which --allow-unrelated accepts', async (t) => {
    const shop = await savedSwitch(t)
    await foreignPatch(shop, 'hello', { metadata: { annotations: { note: 'looked at' } } }, 'kubectl-annotate')
    assertGolden('e2e/golden/saved-plan-unrelated.txt', await refused(shop, 'OBOL-V005'))
    const run = await shop.obol([...APPLY, '--allow-unrelated'])
    assert.equal(run.exitCode, 0, seen(run))
    assert.match(JSON.stringify(shop.live('hello')), /"price":\{"perMTok":"20"\}/)
  })

  test('error: files: changed, added, removed, and the workspace file', async (t) => {
    const shop = await savedSwitch(t)
    const hello = offer('hello', 'perMTok: "20"')
    const asSaved: Readonly<Record<string, string>> = {
      'offers/hello.yaml': hello,
      'obol.yaml': readFileSync(join(shop.folder, 'obol.yaml'), 'utf8'),
    }
    shop.write('offers/hello.yaml', hello.replace('"20"', '"2.0"'))
    shop.write('offers/extra.yaml', offer('extra'))
    shop.write('obol.yaml', `${asSaved['obol.yaml'] ?? ''}`.replace('192.0.2.10', '192.0.2.11'))
    const requests = shop.requests.length
    assertGolden('e2e/golden/saved-plan-inputs.txt', await refused(shop, 'OBOL-V004'))
    assert.equal(shop.requests.length, requests, 'the cluster was not asked')
    shop.remove('offers/extra.yaml')
    for (const [path, text] of Object.entries(asSaved)) shop.write(path, text)
    assert.equal((await shop.obol(APPLY)).exitCode, 0, 'and back is as it was')
  })

  test('error: deleted, made anew, appeared', async (t) => {
    const shop = await savedSwitch(t)
    const made = await shop.send('GET', `${OFFERS_PATH}/hello`)
    await shop.send('DELETE', `${OFFERS_PATH}/hello`)
    assert.match(await refused(shop, 'OBOL-V004'), /hello: the object is not there any more/)
    const { apiVersion, kind, spec } = JSON.parse(made.text)
    await shop.send('POST', OFFERS_PATH, { apiVersion, kind, metadata: { name: 'hello' }, spec })
    assert.match(await refused(shop, 'OBOL-V004'), /deleted and made anew/)
    shop.write('offers/new.yaml', offer('new'))
    assert.equal((await shop.obol(['plan', '--out', FILE])).exitCode, 0)
    await shop.send('POST', `${OFFERS_PATH}?fieldManager=helm`, { apiVersion, kind, metadata: { name: 'new' }, spec })
    assert.match(await refused(shop, 'OBOL-V004'), /default\/new: there is such an object now by helm\/Update/)
  })

  test('error: what would be created is not what was shown, as by another address of the host', async (t) => {
    const inference = offer('model')
      .replace(
        'type: http',
        'type: inference\n  model: { name: m }\n  gateway: { listen: ":8402", upstream: "http://localhost:1" }',
      )
      .replace(/ {2}upstream: \{.*\n/, '')
    const shop = await openShop(t, { files: { 'offers/model.yaml': inference } })
    assert.equal((await shop.obol(['plan', '--out', FILE])).exitCode, 0)
    const { planId } = await import('../../src/saved/digest.ts')
    const saved = JSON.parse(textOf(shop))
    const objects = saved.objects.map((object: { id: string }) =>
      object.id === 'Endpoints/default/model' || object.id === 'Endpoints/llm/model'
        ? { ...object, manifest: `sha256:${'0'.repeat(64)}` }
        : object,
    )
    shop.write(FILE, JSON.stringify({ ...saved, objects, id: planId({ ...saved, objects }) }))
    assert.match(await refused(shop, 'OBOL-V004'), /Endpoints\/.*model: the step would do something else/)
  })

  test('error: another cluster', async (t) => {
    const shop = await savedSwitch(t)
    const other = await openShop(t)
    shop.write('config/kubeconfig.yaml', other.sandbox.kubeconfigYaml)
    assert.match(await refused(shop, 'OBOL-V004', 5, [...APPLY, '--rebind']), /another cluster/)
  })
})

describe('a file that is no good', () => {
  test('error: changed by hand, cut short, of a later format, nothing at all', async (t) => {
    const shop = await savedSwitch(t)
    const text = textOf(shop)
    for (const [name, broken, code] of [
      ['another price', text.replace('"20"', '"2"'), 'OBOL-V001'],
      ['another id', text.replace(/"sha256:[0-9a-f]/, '"sha256:g'), 'OBOL-V001'],
      ['half of it', text.slice(0, text.length / 2), 'OBOL-V001'],
      ['a list', '[]', 'OBOL-V001'],
      ['an empty object', '{}', 'OBOL-V001'],
      ['the next format', text.replace('"formatVersion": "1.0"', '"formatVersion": "2.0"'), 'OBOL-V002'],
    ] as const) {
      shop.write(FILE, broken)
      await refused(shop, code, 1)
      const shown = await shop.obol(['show', FILE])
      assert.deepEqual([shown.exitCode, shown.stdout, codesIn(shown.stderr)], [1, '', [code]], name)
    }
    await refused(shop, 'OBOL-V001', 1, ['apply', '--plan', 'gone.json', '--yes'])
  })

  test('error: what is chosen already cannot be chosen again', async (t) => {
    const shop = await savedSwitch(t)
    for (const more of [['--prune'], ['--take', 'spec.payment.payTo'], ['--max-prune', '3'], ['offers/hello.yaml']]) {
      await refused(shop, 'OBOL-U003', 64, [...APPLY, ...more])
    }
    const piped = await shop.obol(['plan', '--out', FILE, '-'], { stdin: offer('piped') })
    assert.deepEqual([piped.exitCode, codesIn(piped.stderr)], [64, ['OBOL-V008']])
    const unwritable = await shop.obol(['plan', '--out', 'offers'])
    assert.deepEqual([unwritable.exitCode, codesIn(unwritable.stderr)], [1, ['OBOL-U011']])
  })
})

describe('secrets', () => {
  const CANARIES = ['CanaryStringData7w2', 'CanaryEnv5k3', 'CanaryUrl3r6', 'CanaryOld9q7', 'CanaryRpc4t4'] as const
  const SECRET = (value: string): string =>
    `apiVersion: v1\nkind: Secret\nmetadata: { name: words, namespace: default }\nstringData: { mnemonic: "${value}" }\n`
  const CONFIG =
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: cfg, namespace: default }\n' +
    'data: { password: "CanaryEnv5k3", url: "https://user:CanaryUrl3r6@example.com" }\n'

  /** A canary, encoded or hashed without a key. */
  function traces(canary: string): readonly string[] {
    const hashes = ['sha256', 'sha1', 'md5'].flatMap((name) => {
      const hash = (text: string): string => createHash(name).update(text).digest('hex')
      return [hash(canary), hash(JSON.stringify(canary)), hash(SECRET(canary)), hash(CONFIG)]
    })
    const bytes = Buffer.from(canary)
    return [canary, bytes.toString('base64').slice(0, 12), bytes.toString('hex'), ...hashes]
  }

  test('behavior: none in the file, nor an unkeyed hash of one, and yet a change of one is noticed', async (t) => {
    const files = { 'offers/words.yaml': SECRET('CanaryOld9q7'), 'offers/cfg.yaml': CONFIG }
    const shop = await openShop(t, { files })
    shop.write(
      'obol.yaml',
      readFileSync(join(shop.folder, 'obol.yaml'), 'utf8').replace(
        ' } }',
        ' }, chains: { base-sepolia: { rpc: "http://127.0.0.1:9/CanaryRpc4t4" } } }',
      ),
    )
    assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
    shop.write('offers/words.yaml', SECRET('CanaryStringData7w2'))
    assert.equal((await shop.obol(['plan', '--out', FILE])).exitCode, 0)
    for (const canary of CANARIES) for (const trace of traces(canary)) assert.ok(!textOf(shop).includes(trace), canary)
    assert.equal(statSync(join(shop.folder, 'state', 'plan.key')).mode & 0o777, 0o600)

    const patch = { data: { mnemonic: Buffer.from('somebody').toString('base64') } }
    const path = '/api/v1/namespaces/default/secrets/words?fieldManager=helm'
    await shop.send('PATCH', path, patch, 'application/merge-patch+json')
    assert.match(await refused(shop, 'OBOL-V004'), /Secret\/default\/words: the object was changed/)

    shop.write('offers/words.yaml', SECRET('another'))
    assert.match(await refused(shop, 'OBOL-V004'), /words\.yaml: the file was changed/)
    shop.write('offers/words.yaml', SECRET('CanaryStringData7w2'))
    const elsewhere = { env: { OBOL_PLAN_KEY: 'ab'.repeat(32) } }
    const other = await shop.obol(APPLY, elsewhere)
    assert.deepEqual([other.exitCode, codesIn(other.stderr)], [1, ['OBOL-V006']])
  })

  test('behavior: with OBOL_PLAN_KEY another machine can apply it', async (t) => {
    const shop = await openShop(t, { files: { 'offers/words.yaml': SECRET('CanaryOld9q7') } })
    const env = { OBOL_PLAN_KEY: 'cd'.repeat(32) }
    assert.equal((await shop.obol(['plan', '--out', FILE], { env })).exitCode, 0)
    assert.ok(!existsSync(join(shop.folder, 'state')))
    assert.equal((await shop.obol(APPLY, { env })).exitCode, 0)
  })
})
