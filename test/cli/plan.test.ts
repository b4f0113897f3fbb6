import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { sandboxCrds } from '../../src/cli/sandbox-crds.ts'
import { connectCluster } from '../../src/cluster/connect.ts'
import { loadKubeconfig } from '../../src/cluster/load-kubeconfig.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/start-sandbox.ts'
import { type CliRun, runCli } from '../support/run-cli.ts'

const PAYEE = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
const OTHER = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC'

let folder = ''
let sandbox: Sandbox

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'obol-plan-'))
  sandbox = await startSandbox({ objects: await sandboxCrds(), now: () => new Date('2026-01-02T03:04:05Z') })
  await writeFile(join(folder, 'kubeconfig'), sandbox.kubeconfigYaml)
  await writeFile(
    join(folder, 'obol.yaml'),
    'apiVersion: offers.obol.org/v1alpha1\nkind: Workspace\nmetadata: { name: shop }\nspec: { id: shop-1 }\n',
  )
  await mkdir(join(folder, 'offers'))
  await offers({ hello: 'perRequest: "0.01"' })
})

after(async () => {
  await sandbox.stop()
  await rm(folder, { recursive: true })
})

/** The offers of the workspace, as the lines of their price. */
async function offers(prices: Readonly<Record<string, string>>, payTo = PAYEE): Promise<void> {
  const documents = Object.entries(prices).map(
    ([name, price]) => `apiVersion: offers.obol.org/v1alpha1
kind: Offer
metadata: { name: ${name} }
spec:
  type: http
  upstream: { service: ${name}, namespace: default, port: 80 }
  payment:
    payTo: "${payTo}"
    network: base-sepolia
    price:
      ${price}
`,
  )
  await writeFile(join(folder, 'offers', 'all.yaml'), documents.join('---\n'))
}

function obol(...args: readonly string[]): Promise<CliRun> {
  const at = ['--workspace', folder, '--kubeconfig', join(folder, 'kubeconfig')]
  return runCli([...args, ...at], { env: { XDG_CACHE_HOME: join(folder, 'cache') } })
}

test('default: a plan changes nothing, says so on stdout, and exits with 0', async () => {
  const requests = sandbox.objects().length
  const run = await obol('plan')
  assert.equal(run.exitCode, 0)
  assert.equal(run.stderr, '')
  assert.match(run.stdout, /\+ ServiceOffer {2}default\/hello/)
  assert.match(run.stdout, /Plan: 1 to create · 0 conflicts/)
  assert.equal(sandbox.objects().length, requests)
})

test('behavior: a user who may only get and list can plan', async () => {
  const reader = join(folder, 'reader-kubeconfig')
  await writeFile(reader, sandbox.kubeconfigOf('reader') ?? '')
  const run = await runCli(['plan', '--workspace', folder, '--kubeconfig', reader])
  assert.equal(run.exitCode, 0, run.stderr)
  const verify = await runCli(['plan', '--verify=server', '--workspace', folder, '--kubeconfig', reader])
  assert.equal(verify.exitCode, 1)
  assert.match(verify.stderr, /OBOL-K031/)
})

test('behavior: --exit-code tells changes from none', async () => {
  assert.equal((await obol('plan', '--exit-code')).exitCode, 2)
  assert.equal((await obol('apply', '--yes')).exitCode, 0)
  const run = await obol('plan', '--exit-code')
  assert.equal(run.exitCode, 0)
  assert.match(run.stdout, /nothing to change · 0 conflicts · 1 unchanged/)
})

test('behavior: --verify=server finds no difference, and cannot preview a transfer', async () => {
  await offers({ hello: 'perRequest: "0.02"' })
  const update = await obol('plan', '--verify=server', '--json')
  const [step] = JSON.parse(update.stdout).groups[0].steps
  assert.equal(step.op, 'update')
  assert.deepEqual(step.diagnostics, [])

  await offers({ hello: 'perRequest: "0.01"', fresh: 'perMTok: "5"' })
  assert.equal((await obol('plan', '--verify=server', '--json')).stdout.includes('OBOL-P02'), false)
})

test('behavior: a conflict is 4 until it is decided on the command line', async () => {
  await offers({ hello: 'perRequest: "0.01"' })
  await edit('hello', { '/spec/payment/payTo': OTHER, '/spec/payment/price/perMTok': '9' })
  const open = await obol('plan')
  assert.equal(open.exitCode, 4)
  assert.match(open.stdout, /obol plan --take default\/hello:spec\.payment\.payTo/)
  for (const decision of ['take', 'yield', 'share']) {
    const run = await obol('plan', `--${decision}`, 'default/hello:spec.payment.payTo', '--json')
    assert.equal(run.exitCode, 0, decision)
    const [step] = JSON.parse(run.stdout).groups[0].steps
    assert.equal(step.conflicts[0].decision, decision)
    assert.deepEqual(
      step.transfers.map((transfer: { readonly path: string }) => transfer.path),
      ['spec.payment.price.perMTok'],
    )
  }
  const verified = await obol('plan', '--take', 'spec.payment.payTo', '--verify=server', '--json')
  assert.equal(JSON.parse(verified.stdout).groups[0].steps[0].diagnostics[0].code, 'OBOL-P021')
})

test('behavior: why says who owns a field, where the offer says it, and which rule decides', async () => {
  const run = await obol('why', 'default/hello:spec.payment.price', '--take', 'spec.payment.payTo', '--json')
  assert.equal(run.exitCode, 0)
  const { fields } = JSON.parse(run.stdout)
  assert.deepEqual(
    fields.map((field: { readonly path: string; readonly rule: string }) => [field.path, field.rule]),
    [
      ['spec.payment.price.perMTok', 'null-out'],
      ['spec.payment.price.perRequest', 'ours'],
    ],
  )
  assert.deepEqual(fields[1].origin, { file: 'offers/all.yaml', line: 11, column: 7 })
  const same = await obol('plan', '--why', 'default/hello:spec.payment.price', '--take', 'spec.payment.payTo', '--json')
  assert.equal(same.stdout, run.stdout)
})

test('error: why of a field that nothing has', async () => {
  const run = await obol('why', 'spec.nope')
  assert.equal(run.exitCode, 1)
  assert.match(run.stderr, /OBOL-P013/)
})

test('default: status shows the offer as it is in the cluster', async () => {
  const run = await obol('status', '--json')
  assert.equal(run.exitCode, 0)
  const { offers: found } = JSON.parse(run.stdout)
  assert.deepEqual(found, [
    {
      offer: 'default/hello',
      type: 'http',
      network: 'base-sepolia',
      ready: 'unknown',
      reason: 'no controller has looked at it yet',
      price: 'perMTok 9 and perRequest 0.01',
      sync: 'conflict',
      pending: 1,
    },
  ])
  assert.match((await obol('status')).stdout, /default\/hello +unknown +perMTok 9 and perRequest 0\.01/)
})

test('behavior: what is no longer wanted stays, is pruned, or is refused', async () => {
  assert.equal((await obol('apply', '--yes', '--take', 'spec.payment.payTo')).exitCode, 0)
  await offers({ other: 'perRequest: "1"' })
  const left = JSON.parse((await obol('plan', '--json')).stdout)
  assert.deepEqual(
    left.orphans.map((orphan: { readonly name: string }) => orphan.name),
    ['hello'],
  )
  const pruned = JSON.parse((await obol('plan', '--prune', '--json')).stdout)
  assert.equal(pruned.summary.delete, 1)
  await offers({ hello: 'perRequest: "0.01"', a: 'perRequest: "1"', b: 'perRequest: "1"', c: 'perRequest: "1"' })
  assert.equal((await obol('apply', '--yes')).exitCode, 0)
  await offers({ other: 'perRequest: "1"' })
  const refused = await obol('plan', '--prune')
  assert.equal(refused.exitCode, 6)
  assert.match(refused.stdout, /OBOL-P008/)
  assert.equal((await obol('plan', '--prune', '--max-prune', '4')).exitCode, 0)
})

test('behavior: with PATH nothing else counts as no longer wanted, and pruning is refused', async () => {
  const file = join(folder, 'offers', 'all.yaml')
  const part = JSON.parse((await obol('plan', file, '--json')).stdout)
  assert.deepEqual(part.orphans, [])
  const run = await obol('plan', file, '--prune')
  assert.equal(run.exitCode, 64)
})

test('behavior: the graph goes to stdout in both forms', async () => {
  assert.match((await obol('plan', '--graph', 'dot')).stdout, /^digraph plan \{/)
  assert.match((await obol('plan', '--graph', 'mermaid')).stdout, /^flowchart LR/)
})

test('error: mistakes of the offers and of the kubeconfig are reported together', async () => {
  await offers({ hello: 'perRequest: "-1"' })
  const run = await runCli(['plan', '--workspace', folder, '--kubeconfig', join(folder, 'nowhere')])
  assert.equal(run.exitCode, 1)
  assert.match(run.stderr, /OBOL-O001/)
  assert.match(run.stderr, /offers\/all\.yaml:11:/)
  assert.match(run.stderr, /OBOL-K002/)
})

test('error: what is no path, and no workspace', async () => {
  assert.equal((await obol('plan', '--take', 'spec..x')).exitCode, 64)
  assert.equal((await obol('plan', '--max-prune', '3')).exitCode, 64)
  const run = await runCli(['plan', '--workspace', join(folder, 'offers')])
  assert.match(run.stderr, /OBOL-W001/)
})

/** A patch by somebody else: values by their JSON pointer. */
async function edit(name: string, values: Readonly<Record<string, string>>): Promise<void> {
  const cluster = await connectCluster(await loadKubeconfig({ kubeconfig: join(folder, 'kubeconfig'), env: {} }))
  try {
    const resource = { apiVersion: 'obol.org/v1alpha1', plural: 'serviceoffers', namespace: 'default' }
    const operations = Object.entries(values).map(([path, value]) => ({ op: 'add', path, value }))
    const answer = await cluster.patchJson(resource, name, operations, 'kubectl-edit')
    assert.equal(answer.result, 'ok')
  } finally {
    await cluster.close()
  }
}
