import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Sandbox, startSandbox } from '../../src/sandbox/start-sandbox.ts'
import { codesIn, offer, openShop, type Shop, seen } from './shop.ts'

/** The address of the cluster a plan was made for. */
async function plannedFor(shop: Shop, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const run = await shop.obol(['plan', '--json', ...args], { env })
  const plan = JSON.parse(run.stdout)
  return plan.cluster?.server ?? plan.error.code
}

test('default: the kubeconfig is that of --kubeconfig, of KUBECONFIG, of the workspace, of ~/.kube, in this order', async (t) => {
  const shop = await openShop(t)
  const others: Sandbox[] = []
  for (let i = 0; i < 3; i++) {
    const other = await startSandbox()
    t.after(() => other.stop())
    others.push(other)
  }
  const [flag, env, home] = others
  if (flag === undefined || env === undefined || home === undefined) throw new Error('three sandboxes')
  const [flagFile, envFile] = [shop.write('flag.yaml', flag.kubeconfigYaml), shop.write('env.yaml', env.kubeconfigYaml)]
  shop.write('home/.kube/config', home.kubeconfigYaml)
  const KUBECONFIG = `${join(shop.folder, 'gone.yaml')}:${envFile}`
  assert.equal(await plannedFor(shop, ['--kubeconfig', 'flag.yaml'], { KUBECONFIG }), flag.url)
  assert.equal(await plannedFor(shop, ['--kubeconfig', flagFile]), flag.url)
  assert.equal(await plannedFor(shop, [], { KUBECONFIG }), env.url)
  assert.equal(await plannedFor(shop, []), shop.sandbox.url)
  shop.remove('config')
  assert.equal(await plannedFor(shop, []), home.url)
  shop.remove('home/.kube')
  assert.equal(await plannedFor(shop, []), 'OBOL-K001')
  assert.equal(await plannedFor(shop, [], { KUBECONFIG: 'gone.yaml' }), 'OBOL-K002')
})

test('behavior: --context and hints that say which cluster was meant', async (t) => {
  const shop = await openShop(t)
  const config = shop.write('other/kc', shop.sandbox.kubeconfigYaml)
  shop.write('offers/hello.yaml', 'a: [')
  const args = ['--workspace', shop.folder, '--kubeconfig', config, '--context', 'obol-sandbox-reader']
  const mistake = await shop.obol(['plan', ...args], { cwd: '/' })
  assert.ok(mistake.stderr.includes(`next  obol validate --workspace ${shop.folder}\n`), mistake.stderr)
  shop.write('offers/hello.yaml', offer('hello'))
  const denied = await shop.obol(['apply', '--yes', ...args], { cwd: '/' })
  assert.match(denied.stdout, new RegExp(`kubectl auth can-i .*--context=obol-sandbox-reader --kubeconfig ${config}`))
  const asked = await shop.obol(['apply', ...args], { cwd: '/' })
  const next = /next {2}(obol .*)\n/.exec(asked.stderr)?.[1] ?? ''
  assert.deepEqual(next.split(' '), ['obol', 'apply', '--yes', ...args])
})

test('behavior: a workspace stays with its cluster until --rebind', async (t) => {
  const shop = await openShop(t)
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  const other = await openShop(t)
  shop.write('config/kubeconfig.yaml', other.sandbox.kubeconfigYaml)
  const plan = await shop.obol(['plan', '--exit-code'])
  assert.equal(plan.exitCode, 2, 'to look is allowed')
  assert.match(plan.stdout, /warning OBOL-A002/)
  const [before, journal] = [other.stored(), shop.journal()]
  for (const args of [['apply', '--yes'], ['apply'], ['apply', '--yes', '--json']]) {
    const run = await shop.obol(args)
    assert.equal(run.exitCode, 6)
    assert.deepEqual(codesIn(seen(run)), ['OBOL-A002'])
    assert.ok(seen(run).includes(shop.sandbox.url) && seen(run).includes(other.sandbox.url))
  }
  assert.deepEqual([other.stored(), shop.journal()], [before, journal])
  assert.equal((await shop.obol(['apply', '--yes', '--rebind'])).exitCode, 0)
  assert.ok(other.live('hello') !== undefined)
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0, 'once is enough')
  assert.doesNotMatch((await shop.obol(['plan'])).stdout, /OBOL-A002/)
  shop.write('config/kubeconfig.yaml', shop.sandbox.kubeconfigYaml)
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 6, 'and back again is a move as well')
})

test('behavior: another address of the same cluster is the same cluster', async (t) => {
  const shop = await openShop(t)
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  const { port, kubeconfigYaml, url } = shop.sandbox
  shop.write('config/kubeconfig.yaml', kubeconfigYaml.replaceAll(url, `https://localhost:${port}`))
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
})

test('error: without a terminal nothing is applied before --yes', async (t) => {
  const shop = await openShop(t)
  const before = shop.stored()
  for (const args of [['apply'], ['apply', '--json'], ['apply', 'offers/hello.yaml']]) {
    const run = await shop.obol(args)
    assert.equal(run.exitCode, 6)
    assert.deepEqual(codesIn(seen(run)), ['OBOL-A011'])
    const hint = args.includes('--json') ? JSON.parse(run.stdout).error.hint : /next {2}(.*)\n/.exec(run.stderr)?.[1]
    assert.equal(hint, ['obol apply --yes', ...args.slice(1)].join(' '))
  }
  assert.deepEqual([shop.stored(), shop.journal()], [before, ''])
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  assert.equal((await shop.obol(['apply'])).exitCode, 0, 'where nothing changes there is nothing to confirm')
})

test('behavior: the lock is gone after each end', async (t) => {
  const shop = await openShop(t)
  for (const args of [['apply'], ['apply', '--yes'], ['apply', '--yes', '--context', 'nope']]) {
    await shop.obol(args)
    assert.deepEqual(readdirSync(join(shop.folder, 'state', 'locks')), [])
  }
  shop.remove('state')
  await shop.obol(['plan'])
  assert.ok(!existsSync(join(shop.folder, 'state')), 'a plan leaves nothing in the workspace')
})
