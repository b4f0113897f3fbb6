import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { STACK_NAMESPACE, sandboxCrds } from '../../src/cli/sandbox-crds.ts'
import { startChain } from '../../src/sandbox/chain/start-chain.ts'
import { startSandbox } from '../../src/sandbox/start-sandbox.ts'
import { apiRequest } from '../../tools/control-plane/api-request.ts'
import { runCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const README = join(ROOT, 'README.md')
const WORKSPACE =
  'apiVersion: offers.obol.org/v1alpha1\nkind: Workspace\nmetadata: {name: shop}\nspec: {id: shop, host: {address: 192.0.2.10}}\n'

/** The plan that the README opens with, made anew. */
async function switchedPlan(folder: string): Promise<string> {
  let today = '2026-11-20T09:00:00Z'
  const now = () => new Date(today)
  const sandbox = await startSandbox({ objects: await sandboxCrds(), now })
  try {
    const env = { KUBECONFIG: join(folder, 'kubeconfig'), XDG_CACHE_HOME: join(folder, 'cache') }
    writeFileSync(env.KUBECONFIG, sandbox.kubeconfigYaml)
    const obol = (args: readonly string[]) => runCli(args, { cwd: folder, env, now, columns: 100, home: '/home/you' })
    const applied = await obol(['apply', '--yes'])
    assert.equal(applied.exitCode, 0, applied.stderr)
    const weather = '/apis/obol.org/v1alpha1/namespaces/default/serviceoffers/weather'
    const patched = await apiRequest({
      url: sandbox.url,
      ca: sandbox.caPem,
      token: sandbox.token,
      method: 'PATCH',
      path: `${weather}?fieldManager=kubectl-patch`,
      body: { spec: { payment: { price: { perRequest: '0.003' } } } },
      contentType: 'application/merge-patch+json',
    })
    assert.equal(patched.status, 200, patched.text)
    today = '2026-11-23T09:00:00Z'
    const offer = join(folder, 'offers', 'http.yaml')
    const text = readFileSync(offer, 'utf8').replace('perRequest: "0.002"', 'perMTok: "1.5"')
    writeFileSync(offer, text.replace('  limits:', '    maxTimeoutSeconds: 600\n  limits:'))
    const planned = await obol(['plan', '--exit-code'])
    assert.equal(planned.exitCode, 2, planned.stderr)
    return planned.stdout
  } finally {
    await sandbox.stop()
  }
}

/** A plan that registers: what the README shows of identities, made anew on a local chain in the place of base-sepolia. */
async function registeringPlan(folder: string): Promise<string> {
  const sandbox = await startSandbox({ objects: [...(await sandboxCrds()), STACK_NAMESPACE] })
  const chain = await startChain({ chainId: 84_532 })
  try {
    const env = {
      KUBECONFIG: join(folder, 'kubeconfig'),
      XDG_CACHE_HOME: join(folder, 'cache'),
      OBOL_RPC_BASE_SEPOLIA: chain.rpcUrl,
    }
    writeFileSync(env.KUBECONFIG, sandbox.kubeconfigYaml)
    const now = () => new Date()
    const planned = await runCli(['plan'], { cwd: folder, env, now, columns: 100, home: '/home/you' })
    assert.equal(planned.exitCode, 0, planned.stderr)
    return planned.stdout
  } finally {
    await chain.stop()
    await sandbox.stop()
  }
}

/** Puts the output into its place in the README, or checks that it stands there. */
function checkOutput(name: string, output: string): void {
  const readme = readFileSync(README, 'utf8')
  assert.ok(readme.includes(`<!-- output: ${name} -->`))
  const updated = readme.replace(
    new RegExp(`(<!-- output: ${name} -->\n\`\`\`text\n)[\\s\\S]*?(\`\`\`)`),
    (_, open: string, close: string) => `${open}${output}${close}`,
  )
  if (process.env['UPDATE_GOLDEN'] === '1' && process.env['CI'] !== 'true') writeFileSync(README, updated)
  else assert.equal(readme, updated, 'UPDATE_GOLDEN=1 make test writes it anew')
}

/** What differs from run to run: the port, the folder, the time it took. */
function steady(text: string): string {
  return text
    .replace(/127\.0\.0\.1:\d+/, '127.0.0.1:6443')
    .replace(/\d+\.\d\d s/, '0.11 s')
    .replace('  . →', '  ~/shop →')
}

test('default: the plan in the README is what obol prints', async (t) => {
  const offer = readFileSync(join(ROOT, 'offers', 'http.yaml'), 'utf8')
  const folder = tempFolder(t, { 'obol.yaml': WORKSPACE, 'offers/http.yaml': offer })
  const output = `$ obol plan\n${steady(await switchedPlan(folder))}`
  checkOutput('switch', output)
})

test('default: the registration in the README is what obol prints', async (t) => {
  const offer = readFileSync(join(ROOT, 'offers', 'agent.yaml'), 'utf8')
  const address = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
  const spec = `{id: shop, baseUrl: "https://sell.example.com", signer: {address: "${address}"}}`
  const workspace = `apiVersion: offers.obol.org/v1alpha1\nkind: Workspace\nmetadata: {name: shop}\nspec: ${spec}\n`
  const folder = tempFolder(t, { 'obol.yaml': workspace, 'offers/agent.yaml': offer })
  checkOutput('registration', `$ obol plan\n${steady(await registeringPlan(folder))}`)
})

test('behavior: the README names every command and every exit code', async () => {
  const readme = readFileSync(README, 'utf8')
  const help = (await runCli(['--help'])).stdout
  const commands = [...help.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, name]) => name ?? '')
  assert.ok(commands.length >= 8, help)
  for (const name of commands) assert.match(readme, new RegExp(`obol ${name}|\`${name}\``), name)
})
