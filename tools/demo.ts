import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { type Chain, startChain } from '../src/sandbox/chain/start-chain.ts'
import { type DemoServer, startDemoServer } from './demo/demo-server.ts'
import { runObol } from './demo/run-obol.ts'

/**
 * `make demo [CLUSTER=sandbox|control-plane]`: the sample offers planned and applied from nothing, the seller's identity
 * registered on a local chain, a price switched after somebody else's write, and a last plan that finds nothing to do. Exits 0 when all of it went as it should, and leaves
 * nothing running and no file behind.
 */
const ROOT = join(import.meta.dirname, '..')
const SWITCHED = 'http.yaml'
const BASE_SEPOLIA = 84_532
const OLD_PRICE = 'perRequest: "0.002"'
const NEW_PRICE = 'perMTok: "1.5"'

type Demo = { readonly workspace: string; readonly server: DemoServer; readonly chain: Chain }

async function main(cluster: string): Promise<void> {
  const workspace = await mkdtemp(join(tmpdir(), 'obol-demo-'))
  const server = await startDemoServer(cluster, workspace, say)
  try {
    await withChain((chain) => story({ workspace, server, chain }))
  } finally {
    await server.stop()
    await rm(workspace, { recursive: true, force: true })
  }
  say('The server and the chain are stopped, and the workspace is removed.')
}

/** A chain of our own that says it is base-sepolia, with the registry where base-sepolia has it. */
async function withChain(run: (chain: Chain) => Promise<void>): Promise<void> {
  const chain = await startChain({ chainId: BASE_SEPOLIA })
  say(`local chain: stands in for base-sepolia, ${chain.rpcUrl}, identity registry ${chain.registry}`)
  try {
    await run(chain)
  } finally {
    await chain.stop()
  }
}

async function story(demo: Demo): Promise<void> {
  heading('A workspace with the sample offers')
  await makeWorkspace(demo)
  await obol(demo, ['validate'])

  heading('What would be created: nothing is there, not even the kinds')
  await demo.server.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x402' } })
  await obol(demo, ['plan'], 0, /mints an identity/)
  await obol(demo, ['apply', '--yes'], 0, /registered\s+register on base-sepolia/)
  await obol(demo, ['status'])

  heading('The second plan finds the identity on the chain and in the cluster: it is not bought again')
  await obol(demo, ['plan', '--all', '--exit-code'], 0, /identity 0/)
  await obol(demo, ['journal'])

  heading('Somebody changes the price of default/weather by hand, as `kubectl patch` does')
  const patch = { spec: { payment: { price: { perRequest: '0.003' } } } }
  await demo.server.mergePatch(
    '/apis/obol.org/v1alpha1/namespaces/default/serviceoffers/weather',
    'kubectl-patch',
    patch,
  )
  say(`merge patch by kubectl-patch: ${JSON.stringify(patch)}`)

  heading('The offer is switched from a price per request to a price per million tokens')
  await edit(join(demo.workspace, 'offers', SWITCHED))
  await obol(demo, ['plan', '--exit-code'], 2, /perRequest.*\(none\).*kubectl-patch\/Update/s)
  await obol(demo, ['why', 'default/weather:spec.payment.price.perRequest'])

  heading('One apply: the ownership moves first, then one stored revision drops the old price and adds the new one')
  await obol(demo, ['apply', '--yes'])
  await checkPrice(demo)

  heading('A plan with no changes')
  await obol(demo, ['plan', '--exit-code'], 0)
}

async function makeWorkspace({ workspace: folder, chain }: Demo): Promise<void> {
  await mkdir(join(folder, 'offers'), { recursive: true })
  await cp(join(ROOT, 'offers'), join(folder, 'offers'), { recursive: true })
  await cp(join(ROOT, 'schemas', 'crds'), join(folder, 'crds'), { recursive: true })
  const lines = [
    'apiVersion: offers.obol.org/v1alpha1',
    'kind: Workspace',
    'metadata:',
    '  name: demo',
    'spec:',
    '  id: demo',
    '  host:',
    '    address: 192.0.2.10',
    '  offers: [crds, offers]',
    '  baseUrl: https://shop.example.com',
    '  signer: { keyFile: owner.key }',
    '  limits: { maxFee: "0.01" }',
    `  chains: { base-sepolia: { rpc: "${chain.rpcUrl}", confirmations: 1 } }`,
  ]
  const [owner] = chain.accounts
  await writeFile(join(folder, 'owner.key'), `${owner?.privateKey}\n`, { mode: 0o600 })
  await writeFile(join(folder, 'obol.yaml'), `${lines.join('\n')}\n`)
  say('obol.yaml, owner.key (of the local chain), crds/ (the kinds) and offers/ (one per type)')
}

async function edit(file: string): Promise<void> {
  const before = await readFile(file, 'utf8')
  if (!before.includes(OLD_PRICE)) throw new Error(`${SWITCHED} has no ${OLD_PRICE}`)
  await writeFile(file, before.replace(OLD_PRICE, NEW_PRICE))
  say(`offers/${SWITCHED}: ${OLD_PRICE} → ${NEW_PRICE}`)
}

/** The stored object has the new price and no other. */
async function checkPrice(demo: Demo): Promise<void> {
  const live = await demo.server.get('/apis/obol.org/v1alpha1/namespaces/default/serviceoffers/weather')
  const price = JSON.stringify(live.spec?.payment?.price)
  say(`stored price: ${price}`)
  if (price !== '{"perMTok":"1.5"}') throw new Error(`the stored price is ${price}`)
}

async function obol(demo: Demo, args: readonly string[], exitCode = 0, expected?: RegExp): Promise<void> {
  const words = args.map((word) => (/[[\]" ]/.test(word) ? `'${word}'` : word))
  process.stdout.write(`\n$ obol ${words.join(' ')}\n`)
  const env = { OBOL_WORKSPACE: demo.workspace, KUBECONFIG: demo.server.kubeconfig }
  const result = await runObol(args, env)
  if (result.exitCode !== exitCode)
    throw new Error(`obol ${words.join(' ')}: exit code ${result.exitCode}, not ${exitCode}`)
  if (expected !== undefined && !expected.test(result.output)) {
    throw new Error(`obol ${words.join(' ')} did not print ${String(expected)}`)
  }
}

function heading(text: string): void {
  process.stdout.write(`\n── ${text} ${'─'.repeat(Math.max(3, 92 - text.length))}\n`)
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

const { values } = parseArgs({ options: { cluster: { type: 'string', default: 'sandbox' } } })
try {
  await main(values.cluster)
  say('\ndemo: all went as it should')
} catch (error) {
  process.stderr.write(`\ndemo: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
