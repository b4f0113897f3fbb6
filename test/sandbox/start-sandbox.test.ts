import assert from 'node:assert/strict'
import { get } from 'node:https'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { parse } from 'yaml'
import { SANDBOX_ERRORS } from '../../src/errors/sandbox.ts'
import type { RequestInfo } from '../../src/sandbox/serve.ts'
import { startSandbox } from '../../src/sandbox/start-sandbox.ts'
import { isJsonArray, isJsonObject, jsonAt } from '../../src/util/json.ts'
import { WIDGET_CRD } from './sessions/widget-crd.ts'
import { PAYMENT, WIDGETS, widget } from './sessions/widget-steps.ts'
import { CONFIG_MAPS, configMap, withSandbox } from './with-sandbox.ts'

const SHOP = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }
const APPLY = 'application/apply-patch+yaml'

test('default', async (t) => {
  const { sandbox, request } = await withSandbox(t)
  assert.match(sandbox.url, /^https:\/\/127\.0\.0\.1:\d+$/)
  const version = await request({ method: 'GET', path: '/version' })
  assert.equal(version.body['gitVersion'], 'v1.37.2')
  for (const path of ['/healthz', '/livez', '/readyz'])
    assert.equal((await request({ method: 'GET', path })).text, 'ok')
  const names = sandbox.objects().map((object) => jsonAt(object, ['metadata', 'name']))
  assert.deepEqual(names, ['default', 'kube-node-lease', 'kube-public', 'kube-system'])
  assert.equal(sandbox.requestCount(), 4)
})

test('behavior: the certificate verifies against caPem, by address and by name', async (t) => {
  const { sandbox } = await withSandbox(t)
  for (const host of ['127.0.0.1', 'localhost']) {
    const status = await new Promise((resolve, reject) => {
      const options = { host, port: sandbox.port, path: '/healthz', ca: sandbox.caPem, agent: false, family: 4 }
      get(options, (response) => resolve(response.resume().statusCode)).on('error', reject)
    })
    assert.equal(status, 200)
  }
})

test('behavior: the kubeconfig names every user, the admin first', async (t) => {
  const { sandbox } = await withSandbox(t, { users: [{ name: 'planner', rules: [] }] })
  const config: unknown = parse(sandbox.kubeconfigYaml)
  assert.ok(isJsonObject(config) && isJsonArray(config['contexts']))
  assert.equal(config['current-context'], 'obol-sandbox')
  assert.deepEqual(
    config['contexts'].map((context) => jsonAt(context, ['name'])),
    ['obol-sandbox', 'obol-sandbox-reader', 'obol-sandbox-planner'],
  )
  assert.equal(jsonAt(config, ['clusters', 0, 'cluster', 'server']), sandbox.url)
  assert.equal(jsonAt(config, ['users', 0, 'user', 'token']), sandbox.token)
  assert.ok(sandbox.kubeconfigOf('planner')?.includes('planner'))
  assert.ok(!sandbox.kubeconfigOf('planner')?.includes(sandbox.token))
  assert.equal(sandbox.kubeconfigOf('nobody'), undefined)
})

test('behavior: a user may do what the rules say', async (t) => {
  const rules = [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['configmaps'], namespace: 'default' }]
  const { sandbox, target, request } = await withSandbox(t, { users: [{ name: 'planner', rules }] })
  const config: unknown = parse(sandbox.kubeconfigOf('planner') ?? '')
  assert.ok(isJsonObject(config))
  const token = String(jsonAt(config, ['users', 0, 'user', 'token']))
  const as = { ...target, readerToken: token }
  const { send } = await import('./exchange.ts')
  const code = async (method: 'GET' | 'POST', path: string): Promise<number> =>
    (await send(as, { name: '', method, path, as: 'reader' })).code
  assert.equal(await code('GET', CONFIG_MAPS), 200)
  assert.equal(await code('GET', `${CONFIG_MAPS}/x`), 404)
  assert.equal(await code('GET', '/api/v1/configmaps'), 403)
  assert.equal(await code('GET', '/api/v1/namespaces/kube-system/configmaps'), 403)
  assert.equal(await code('GET', '/api/v1/namespaces/default/secrets'), 403)
  assert.equal(await code('POST', CONFIG_MAPS), 403)
  assert.equal(await code('GET', `${CONFIG_MAPS}?watch=1`), 403)
  assert.equal((await request({ method: 'GET', path: CONFIG_MAPS, as: 'nobody' })).code, 401)
})

test('behavior: without credentials only health and version may be read', async (t) => {
  const { sandbox } = await withSandbox(t)
  const code = (path: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      get(`${sandbox.url}${path}`, { ca: sandbox.caPem, agent: false }, (response) => {
        resolve(response.resume().statusCode)
      }).on('error', reject)
    })
  assert.deepEqual(await Promise.all(['/healthz', '/version', '/api', CONFIG_MAPS].map(code)), [200, 200, 403, 403])
})

test('behavior: objects are there from the start, CRDs first', async (t) => {
  const objects = [WIDGET_CRD, SHOP, widget('w', { payment: PAYMENT })]
  const { sandbox, request } = await withSandbox(t, { objects })
  assert.equal((await request({ method: 'GET', path: `${WIDGETS}/w` })).code, 200)
  assert.equal(jsonAt(sandbox.object('Widget.test.example.org/shop/w'), ['spec', 'kind']), 'small')
})

test('error: an object that is refused', async () => {
  const code = SANDBOX_ERRORS.OBJECT_REFUSED.code
  await assert.rejects(startSandbox({ objects: [widget('w', {})] }), { code })
  await assert.rejects(startSandbox({ objects: [WIDGET_CRD, SHOP, widget('w', {})] }), { code })
  await assert.rejects(startSandbox({ objects: [{ ...configMap('x'), zap: 1 }] }), { code })
})

test('error: a port that is taken', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  t.after(() => server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  await assert.rejects(startSandbox({ port: address.port }), { code: SANDBOX_ERRORS.PORT_TAKEN.code })
})

test('behavior: a hook sees each request and may break it', async (t) => {
  const seen: RequestInfo[] = []
  const { sandbox, request } = await withSandbox(t, {
    onRequest: (info) => {
      seen.push(info)
      const name = info.path.split('/').at(-1)
      if (name === 'drop' || name === 'drop-after') return name
      if (name === 'html') return { status: 502, body: '<html>', headers: { 'content-type': 'text/html' } }
      if (name === 'busy') return { status: 429, body: { kind: 'Status' }, headers: { 'retry-after': '1' } }
      return undefined
    },
  })
  const patch = (name: string) =>
    request({
      method: 'PATCH',
      path: `${CONFIG_MAPS}/${name}?fieldManager=m`,
      contentType: APPLY,
      body: configMap(name),
    })
  await assert.rejects(patch('drop'))
  assert.equal(sandbox.object('ConfigMap/default/drop'), undefined)
  await assert.rejects(patch('drop-after'))
  assert.notEqual(sandbox.object('ConfigMap/default/drop-after'), undefined)
  const html = await patch('html')
  assert.deepEqual([html.code, html.contentType, html.text], [502, 'text/html', '<html>'])
  assert.equal((await patch('busy')).code, 429)
  assert.equal((await patch('fine')).code, 201)
  assert.deepEqual(
    seen.map(({ number, method, user }) => [number, method, user]),
    [1, 2, 3, 4, 5].map((number) => [number, 'PATCH', 'admin']),
  )
  assert.equal(JSON.parse(seen[0]?.body ?? '').metadata.name, 'drop')
})

test('behavior: a hanging request ends when the sandbox stops', async (t) => {
  const { sandbox, request } = await withSandbox(t, { onRequest: () => 'hang' })
  const pending = assert.rejects(request({ method: 'GET', path: '/version' }))
  while (sandbox.requestCount() === 0) await new Promise((resolve) => setImmediate(resolve))
  await sandbox.stop()
  await pending
})

test('behavior: revisions tell whether two prices ever stood side by side', async (t) => {
  const { sandbox, request } = await withSandbox(t, { objects: [WIDGET_CRD, SHOP] })
  const apply = (price: Readonly<Record<string, string>>) =>
    request({
      method: 'PATCH',
      path: `${WIDGETS}/w?fieldManager=obol`,
      contentType: APPLY,
      body: widget('w', { payment: { payTo: '0xabcd', price } }),
    })
  for (const price of [{ perRequest: '1' }, { perRequest: '1' }, { perMTok: '23' }]) await apply(price)
  const prices = sandbox
    .revisions('Widget.test.example.org/shop/w')
    .map((object) => jsonAt(object, ['spec', 'payment', 'price']))
  assert.deepEqual(prices, [{ perRequest: '1' }, { perMTok: '23' }])
})

test('behavior: objects get the clock they are given', async (t) => {
  const { sandbox } = await withSandbox(t, { now: () => new Date('2026-01-02T03:04:05.678Z') })
  assert.equal(jsonAt(sandbox.object('Namespace/default'), ['metadata', 'creationTimestamp']), '2026-01-02T03:04:05Z')
})

test('error: a body that is larger than the real server takes', async (t) => {
  const { request } = await withSandbox(t)
  const body = configMap('big', { a: 'x'.repeat(3 * 1024 * 1024) })
  assert.equal((await request({ method: 'POST', path: CONFIG_MAPS, body })).code, 413)
})
