import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { User } from '../../tools/control-plane/users.ts'
import { startFaultProxy } from '../../tools/recording-proxy/recording-proxy.ts'
import { forEachRealServer } from '../support/control-plane.ts'
import { foreignPatch, OBOL_YAML, OFFERS_PATH, offer, openShop, openWorkspace, PAYEE, type Workspace } from './shop.ts'

const CRD = readFileSync(
  join(import.meta.dirname, '..', '..', 'schemas', 'crds', 'serviceoffers.obol.org.yaml'),
  'utf8',
)

/** Created, changed, in conflict, unchanged, unwanted, in a missing namespace: all that a plan can say. */
const FILES: Readonly<Record<string, string>> = {
  'offers/hello.yaml': offer('hello', 'perMTok: "5"'),
  'offers/contested.yaml': offer('contested'),
  'offers/same.yaml': offer('same'),
  'offers/new.yaml': offer('new').replace('{ name: new }', '{ name: new, namespace: team }'),
  'offers/secret.yaml':
    'apiVersion: v1\nkind: Secret\nmetadata: { name: s, namespace: default }\nstringData: { a: b }\n',
}
const APPLIED = { ...FILES, 'offers/hello.yaml': offer('hello'), 'offers/gone.yaml': offer('gone') }

const FORMS: readonly (readonly string[])[] = [
  ['plan'],
  ['plan', '--json'],
  ['plan', '--all'],
  ['plan', '--prune'],
  ['plan', '--graph', 'mermaid'],
  ['plan', '--graph', 'dot'],
  ['plan', '--why', 'spec.payment.price'],
  ['plan', 'offers/hello.yaml'],
  ['why', 'spec.payment', '--json'],
  ['status'],
]

/** Every form of a plan, by a user; the schemas are in the cache already. */
async function plansOf(workspace: Workspace, kubeconfig: string): Promise<readonly string[]> {
  const plans: string[] = []
  for (const form of FORMS) {
    const run = await workspace.obol([...form, '--kubeconfig', kubeconfig])
    assert.equal(run.stderr, '')
    plans.push(`${form.join(' ')} → ${run.exitCode}\n${run.stdout}`)
  }
  return plans
}

/** The schema of a new kind comes some seconds after it, and changes once more; each costs a plan a request more. */
async function settled(workspace: Workspace, kubeconfig: string): Promise<void> {
  const lines: string[] = []
  while (lines.length < 100) {
    const { stdout } = await workspace.obol(['plan', '--kubeconfig', kubeconfig])
    lines.push(/\d+ requests/.exec(stdout)?.[0] ?? '')
    if (new Set(lines.slice(-20)).size === 1 && lines.length > 20) return
  }
  throw new Error(`the plans differ: ${lines.join(', ')}`)
}

/** Contexts are called after their users, and a command repeats the kubeconfig it was given. */
function sameNames(plans: readonly string[], kubeconfig: string, context: string): readonly string[] {
  return plans.map((plan) => plan.replaceAll(kubeconfig, 'KUBECONFIG').replaceAll(context, 'CONTEXT'))
}

test('default: a user who may only get and list sees the same plan, and no plan sends anything but GET', async (t) => {
  const shop = await openShop(t, {
    files: APPLIED,
    sandbox: {
      users: [
        {
          name: 'viewer',
          rules: [
            { verbs: ['get', 'list'], apiGroups: ['obol.org'], resources: ['serviceoffers'] },
            { verbs: ['get', 'list'], apiGroups: [''], resources: ['secrets', 'namespaces'] },
          ],
        },
      ],
    },
  })
  shop.write('offers/new.yaml', offer('new'))
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  for (const [path, text] of Object.entries(FILES)) shop.write(path, text)
  shop.remove('offers/gone.yaml')
  await foreignPatch(shop, 'contested', { spec: { upstream: { port: 81 } } })
  await foreignPatch(shop, 'hello', { spec: { payment: { price: { perHour: '3' } } } })
  const before = [shop.stored(), shop.journal()]
  const [admin, viewer] = [shop.write('admin.yaml', shop.sandbox.kubeconfigOf('admin') ?? ''), join(shop.folder, 'v')]
  // The one context of each file has the same name.
  shop.write('v', (shop.sandbox.kubeconfigOf('viewer') ?? '').replaceAll('obol-sandbox-viewer', 'obol-sandbox'))
  await shop.obol(['plan', '--kubeconfig', admin])
  const from = shop.requests.length
  const expected = sameNames(await plansOf(shop, admin), admin, 'obol-sandbox')
  const seen = sameNames(await plansOf(shop, viewer), viewer, 'obol-sandbox')
  for (const [i, plan] of seen.entries()) assert.equal(plan, expected[i])
  assert.match(seen[0] ?? '', /! ServiceOffer +default\/contested[\s\S]*null-out[\s\S]*Namespace +team/)
  assert.deepEqual(new Set(shop.requests.slice(from).map((line) => line.split(' ')[0])), new Set(['GET']))
  assert.deepEqual([shop.stored(), shop.journal()], before)
})

forEachRealServer((_, plane) => {
  test('default: the same on a real server, through a proxy that counts', async (t) => {
    const workspace = openWorkspace(t, { ...APPLIED, 'crds/crd.yaml': CRD, 'obol.yaml': withCrds() })
    workspace.write('offers/new.yaml', offer('new'))
    const apply = await workspace.obol(['apply', '--yes', '--kubeconfig', plane().kubeconfig('admin')])
    assert.equal(apply.exitCode, 0, apply.stdout + apply.stderr)
    for (const [path, text] of Object.entries(FILES)) workspace.write(path, text)
    workspace.remove('offers/gone.yaml')
    const patch = { spec: { payment: { payTo: PAYEE, price: { perHour: '3' } }, upstream: { port: 81 } } }
    for (const name of ['contested', 'hello']) {
      const path = `${OFFERS_PATH}/${name}?fieldManager=kubectl-patch`
      assert.equal((await plane().request('admin', 'PATCH', path, patch, 'application/merge-patch+json')).status, 200)
    }
    const [admin, reader] = [await proxied(t, 'admin'), await proxied(t, 'reader')]
    await settled(workspace, admin.kubeconfig)
    const expected = sameNames(await plansOf(workspace, admin.kubeconfig), admin.kubeconfig, admin.url)
    const seen = sameNames(await plansOf(workspace, reader.kubeconfig), reader.kubeconfig, reader.url)
    for (const [i, plan] of seen.entries()) assert.equal(plan, expected[i])
    assert.match(seen[0] ?? '', /! ServiceOffer +default\/contested[\s\S]*Namespace +team/)
    const methods = [...admin.requests, ...reader.requests].map(({ method }) => method)
    assert.deepEqual(new Set(methods), new Set(['GET']))
  })

  async function proxied(t: TestContext, user: User) {
    const proxy = await startFaultProxy({ target: plane().url, ca: readFileSync(plane().caFile, 'utf8') })
    t.after(() => proxy.stop())
    const kubeconfig = plane().kubeconfig(user, { server: proxy.url, ca: proxy.ca })
    return { kubeconfig, url: proxy.url, requests: proxy.requests }
  }
})

function withCrds(): string {
  return OBOL_YAML.replace('id: shop-1', 'id: shop-1, offers: [crds, offers]')
}
