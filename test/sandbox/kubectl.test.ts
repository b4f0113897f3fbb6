import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { tempFolder } from '../support/temp-folder.ts'
import { WIDGET_CRD } from './sessions/widget-crd.ts'
import { type TestSandbox, withSandbox } from './with-sandbox.ts'

const KUBECTL = 'kubectl'

type Output = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** kubectl with a sandbox of its own and a home of its own. */
type Kubectl = TestSandbox & {
  run(...args: readonly string[]): Promise<Output>
  /** Asserts that it succeeds; its stdout. */
  ok(...args: readonly string[]): Promise<string>
}

const WIDGET = `apiVersion: test.example.org/v1alpha1
kind: Widget
metadata: {name: w, namespace: shop}
spec: {payment: {payTo: "0xabcd", price: {perRequest: "1"}}}
`
const SERVICE = `apiVersion: v1
kind: Service
metadata: {name: svc, namespace: shop}
spec:
  ports:
  - {name: http, port: 80, targetPort: 8080}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cm, namespace: shop}
data: {a: "1"}
`
const FILES = {
  'crd.json': JSON.stringify(WIDGET_CRD),
  'widget.yaml': WIDGET,
  'widget2.yaml': WIDGET.replace('perRequest: "1"', 'perRequest: "2"'),
  'service.yaml': SERVICE,
  'service2.yaml': SERVICE.replace('8080', '9090'),
  'typo.yaml': SERVICE.replace('ports:', 'portz:'),
}

/** A machine without kubectl skips these tests visibly; in CI that is a failure. */
const MISSING = kubectlProblem()
const skip = MISSING !== undefined && !isCi() ? MISSING : false

function kubectlProblem(): string | undefined {
  try {
    execFileSync(KUBECTL, ['version', '--client'], { stdio: 'ignore', timeout: 20_000 })
    return undefined
  } catch {
    return 'there is no kubectl in PATH'
  }
}

function isCi(): boolean {
  return !['', 'false', '0', undefined].includes(process.env['CI'])
}

async function withKubectl(t: TestContext): Promise<Kubectl> {
  const home = tempFolder(t, FILES)
  const server = await withSandbox(t)
  const config = join(tempFolder(t, { config: server.sandbox.kubeconfigYaml }), 'config')
  const env = { PATH: process.env['PATH'], HOME: home, KUBECONFIG: config, KUBECTL_EXTERNAL_DIFF: 'diff -U0 -N' }
  const run = (...args: readonly string[]): Promise<Output> =>
    new Promise((resolve) => {
      execFile(KUBECTL, args, { cwd: home, env, timeout: 30_000 }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
        resolve({ code, stdout, stderr })
      })
    })
  const ok = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...args)
    assert.equal(code, 0, `kubectl ${args.join(' ')}: ${stderr}`)
    return stdout
  }
  return { ...server, run, ok }
}

test('behavior: kubectl apply and diff, client-side', { skip }, async (t) => {
  const { ok, run } = await withKubectl(t)
  assert.equal(await ok('create', 'ns', 'shop'), 'namespace/shop created\n')
  await ok('apply', '-f', 'crd.json')
  assert.equal(
    await ok('apply', '-f', 'service.yaml', '-f', 'widget.yaml'),
    ['service/svc created', 'configmap/cm created', 'widget.test.example.org/w created', ''].join('\n'),
  )
  assert.equal((await run('diff', '-f', 'service.yaml', '-f', 'widget.yaml')).code, 0)
  const service = await run('diff', '-f', 'service2.yaml')
  assert.equal(service.code, 1)
  assert.match(service.stdout, /^-\s+targetPort: 8080\n\+\s+targetPort: 9090$/m)
  const widget = await run('diff', '-f', 'widget2.yaml')
  assert.equal(widget.code, 1)
  assert.match(widget.stdout, /^\+\s+perRequest: "2"$/m)
  assert.equal(
    await ok('apply', '-f', 'service2.yaml', '-f', 'widget2.yaml'),
    ['service/svc configured', 'configmap/cm unchanged', 'widget.test.example.org/w configured', ''].join('\n'),
  )
  assert.equal(await ok('get', 'svc', 'svc', '-n', 'shop', '-o', 'jsonpath={.spec.ports[*].targetPort}'), '9090')
})

test('behavior: kubectl apply and diff, server-side', { skip }, async (t) => {
  const { ok, run, sandbox } = await withKubectl(t)
  await ok('create', 'ns', 'shop')
  await ok('apply', '--server-side', '-f', 'crd.json')
  await ok('apply', '--server-side', '-f', 'service.yaml', '-f', 'widget.yaml')
  const before = sandbox.object('Service/shop/svc')
  await ok('apply', '--server-side', '-f', 'service.yaml')
  assert.equal(sandbox.object('Service/shop/svc'), before)
  const same = await run('diff', '--server-side', '-f', 'service.yaml')
  assert.equal(same.code, 0)
  const changed = await run('diff', '--server-side', '-f', 'service2.yaml')
  assert.equal(changed.code, 1)
  assert.match(changed.stdout, /^\+\s+targetPort: 9090$/m)
  const other = await run('apply', '--server-side', '--field-manager=other', '-f', 'service2.yaml')
  assert.equal(other.code, 1)
  assert.match(other.stderr, /conflict with "kubectl": \.spec\.ports\[port=80,protocol="TCP"\]\.targetPort/)
  await ok('apply', '--server-side', '--field-manager=other', '--force-conflicts', '-f', 'service2.yaml')
})

test('behavior: kubectl get, patch, label, wait, explain and delete', { skip }, async (t) => {
  const { ok, run, sandbox } = await withKubectl(t)
  await ok('create', 'ns', 'shop')
  await ok('apply', '-f', 'crd.json')
  await ok('apply', '-f', 'service.yaml', '-f', 'widget.yaml')
  assert.match(await ok('get', 'widgets', '-n', 'shop'), /^NAME\s+KIND\s+PRICE\s+AGE\nw\s+small\s+1\s+\d+s\n$/)
  assert.match(await ok('get', 'svc', '-n', 'shop'), /^svc\s+ClusterIP\s+10\.96\.0\.1\s+<none>\s+80\/TCP\s+\d+s$/m)
  await ok('patch', 'svc', 'svc', '-n', 'shop', '-p', '{"spec":{"ports":[{"port":80,"targetPort":81}]}}')
  await ok('patch', 'wd', 'w', '-n', 'shop', '--type=merge', '-p', '{"spec":{"kind":"large"}}')
  await ok('patch', 'wd', 'w', '-n', 'shop', '--type=json', '-p', '[{"op":"add","path":"/spec/count","value":2}]')
  await ok('patch', 'wd', 'w', '-n', 'shop', '--subresource=status', '--type=merge', '-p', '{"status":{"ready":true}}')
  await ok('label', 'wd', 'w', '-n', 'shop', 'a=b')
  await ok('wait', '--for=jsonpath={.status.ready}=true', 'wd/w', '-n', 'shop', '--timeout=10s')
  assert.equal(await ok('get', 'wd', 'w', '-n', 'shop', '-o', 'jsonpath={.spec.kind} {.spec.count}'), 'large 2')
  assert.match(await ok('explain', 'widget.spec.payment.price'), /perMTok\s+<string>/)
  assert.match(await ok('api-resources', '--no-headers', '-o', 'name'), /^widgets\.test\.example\.org$/m)
  await ok('delete', 'wd', 'w', '-n', 'shop')
  await ok('delete', '-f', 'service.yaml')
  await ok('delete', 'ns', 'shop')
  assert.equal(sandbox.object('Namespace/shop'), undefined)
  assert.equal((await run('get', 'ns', 'shop')).code, 1)
})

test("behavior: kubectl's own generators, which speak protobuf", { skip }, async (t) => {
  const { ok, sandbox } = await withKubectl(t)
  await ok('create', 'configmap', 'cm', '--from-literal=a=b')
  await ok('create', 'secret', 'generic', 's', '--from-literal=a=b')
  await ok('create', 'service', 'clusterip', 'c', '--tcp=80:8080')
  assert.deepEqual(sandbox.object('ConfigMap/default/cm')?.['data'], { a: 'b' })
  assert.deepEqual(sandbox.object('Secret/default/s')?.['data'], { a: 'Yg==' })
  assert.notEqual(sandbox.object('Service/default/c'), undefined)
})

test('error: what kubectl says of a typo, a missing right, and what the sandbox lacks', { skip }, async (t) => {
  const { ok, run } = await withKubectl(t)
  await ok('create', 'ns', 'shop')
  const typo = await run('apply', '-f', 'typo.yaml')
  assert.equal(typo.code, 1)
  assert.match(typo.stderr, /strict decoding error: unknown field "spec\.portz"/)
  const denied = await run('--context=obol-sandbox-reader', 'apply', '-f', 'service.yaml')
  assert.equal(denied.code, 1)
  assert.match(denied.stderr, /User "reader" cannot create resource "services"/)
  const lacking = await run('get', '--raw', '/apis/apps/v1/deployments')
  assert.equal(lacking.code, 1)
  assert.match(lacking.stderr, /obol sandbox does not support the API group apps/)
})
