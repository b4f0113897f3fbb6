import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { parse } from 'yaml'
import { runCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-folder.ts'

const MAIN = join(import.meta.dirname, '..', '..', 'src/cli/main.ts')
const CRD = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/serviceoffers.obol.org'

async function statusOf(kubeconfigFile: string, path: string): Promise<number | undefined> {
  const config = parse(readFileSync(kubeconfigFile, 'utf8'))
  const { cluster } = config.clusters[0]
  const ca = Buffer.from(cluster['certificate-authority-data'], 'base64')
  const headers = { authorization: `Bearer ${config.users[0].user.token}` }
  const sent = request(`${cluster.server}${path}`, { ca, headers, agent: false })
  sent.end()
  const [response] = await once(sent, 'response')
  await text(response)
  return response.statusCode
}

/** Runs the command until its first output, calls `during`, then stops it. */
async function whileRunning(args: readonly string[], cwd: string, during: (kubeconfig: string) => Promise<void>) {
  const stop = new AbortController()
  const started = Promise.withResolvers<string>()
  const running = runCli(['sandbox', ...args], {
    cwd,
    signal: stop.signal,
    onWrite: (stream, written) => {
      if (stream === 'stdout') started.resolve(written)
    },
  })
  try {
    const first = await Promise.race([started.promise, running])
    assert.ok(typeof first === 'string', JSON.stringify(first))
    await during(args.includes('--json') ? JSON.parse(first).kubeconfig : first.trim())
  } finally {
    stop.abort()
  }
  return running
}

test('default: serves the CRDs, private kubeconfig, all gone after the signal', async (t) => {
  let file = ''
  const run = await whileRunning([], tempFolder(t), async (kubeconfig) => {
    file = kubeconfig
    assert.equal(statSync(file).mode & 0o777, 0o600)
    assert.equal(await statusOf(file, CRD), 200)
  })
  assert.equal(run.exitCode, 0)
  assert.equal(run.stdout, `${file}\n`)
  assert.ok(run.stderr.includes(`obol plan --kubeconfig ${file}`))
  assert.ok(!existsSync(join(file, '..')))
})

test('behavior: --kubeconfig, --state, --no-with-crds and --json', async (t) => {
  const cwd = tempFolder(t)
  const args = ['--kubeconfig', 'kc', '--state', 'state.json', '--no-with-crds', '--json']
  const run = await whileRunning(args, cwd, async (file) => {
    assert.equal(file, join(cwd, 'kc'))
    assert.equal(await statusOf(file, CRD), 404)
  })
  assert.equal(run.exitCode, 0)
  assert.ok(!existsSync(join(cwd, 'kc')))
  assert.ok(existsSync(join(cwd, 'state.json')))
})

test('behavior: --chain and --key-file run a chain, and nothing prints its key', async (t) => {
  const cwd = tempFolder(t)
  let key = ''
  const run = await whileRunning(['--chain', 'base-sepolia', '--key-file', 'keys/dev'], cwd, async () => {
    const file = join(cwd, 'keys/dev')
    assert.equal(statSync(file).mode & 0o777, 0o600)
    key = readFileSync(file, 'utf8').trim()
    assert.match(key, /^0x[0-9a-f]{64}$/)
  })
  assert.equal(run.exitCode, 0)
  const rpcUrl = /local chain listens on (\S+)/.exec(run.stderr)?.[1] ?? ''
  assert.ok(run.stderr.includes('0x8004A818BFB912233c491871b3d84c89A494BD9e'))
  assert.ok(run.stderr.includes('0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'))
  const block = /obol\.yaml:\n((?: {2}.*\n)+)/.exec(run.stderr)?.[1]
  assert.deepEqual(parse(block ?? ''), {
    spec: {
      baseUrl: 'https://sell.example.com',
      signer: { keyFile: join(cwd, 'keys/dev') },
      chains: { 'base-sepolia': { rpc: rpcUrl, confirmations: 1 } },
    },
  })
  assert.ok(!`${run.stdout}${run.stderr}`.includes(key.slice(2)))
  assert.ok(!existsSync(join(cwd, 'keys/dev')))
  await assert.rejects(fetch(rpcUrl, { signal: AbortSignal.timeout(5_000) }))
})

test('behavior: --chain with --json, without a key file', async (t) => {
  const cwd = tempFolder(t)
  const run = await whileRunning(['--chain', 'anvil', '--json'], cwd, async () => undefined)
  assert.equal(run.exitCode, 0)
  const { chain } = JSON.parse(run.stdout)
  assert.equal(chain.chainId, 31_337)
  assert.deepEqual(Object.keys(chain), ['network', 'chainId', 'rpcUrl', 'registry', 'account', 'pid'])
  assert.equal(chain.network, 'anvil')
})

test('error: a key file that exists is left alone, and one without a chain makes no sense', async (t) => {
  const cwd = tempFolder(t, { key: 'mine' })
  const run = await runCli(['sandbox', '--chain', 'anvil', '--key-file', 'key'], { cwd })
  assert.equal(run.exitCode, 1)
  assert.match(run.stderr, /OBOL-U011/)
  assert.equal(readFileSync(join(cwd, 'key'), 'utf8'), 'mine')
  const alone = await runCli(['sandbox', '--key-file', 'other'], { cwd })
  assert.equal(alone.exitCode, 64)
  assert.match(alone.stderr, /OBOL-U003/)
})

test('error: a chain that nobody knows', async (t) => {
  const run = await runCli(['sandbox', '--chain', 'base-sepola'], { cwd: tempFolder(t) })
  assert.equal(run.exitCode, 64)
  assert.match(run.stderr, /OBOL-U003.*did you mean base-sepolia/)
})

test('error: a chain that ends by itself ends the sandbox', async (t) => {
  const started = Promise.withResolvers<string>()
  const running = runCli(['sandbox', '--chain', 'anvil', '--json'], {
    cwd: tempFolder(t),
    onWrite: (_, written) => started.resolve(written),
  })
  process.kill(JSON.parse(await started.promise).chain.pid, 'SIGKILL')
  const run = await running
  assert.equal(run.exitCode, 1)
  assert.match(run.stdout, /OBOL-S009/)
})

test('error: a kubeconfig that exists is left alone', async (t) => {
  const cwd = tempFolder(t, { kc: 'mine' })
  const run = await runCli(['sandbox', '--kubeconfig', 'kc'], { cwd })
  assert.equal(run.exitCode, 1)
  assert.match(run.stderr, /OBOL-U011/)
  assert.equal(readFileSync(join(cwd, 'kc'), 'utf8'), 'mine')
})

test('error: a state file that is none', async (t) => {
  const cwd = tempFolder(t)
  writeFileSync(join(cwd, 'state.json'), 'x')
  const run = await runCli(['sandbox', '--state', 'state.json'], { cwd })
  assert.equal(run.exitCode, 1)
  assert.match(run.stderr, /OBOL-S002/)
})

test('behavior: a real process ends on SIGTERM with 0 and removes its kubeconfig', async () => {
  const child = spawn(process.execPath, [MAIN, 'sandbox'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = Promise.all([text(child.stderr), once(child, 'close')])
  const [chunk] = await once(child.stdout, 'data')
  const file = String(chunk).trim()
  assert.ok(existsSync(file))
  child.kill('SIGTERM')
  const [stderr, [exitCode]] = await ended
  assert.equal(exitCode, 0, stderr)
  assert.ok(!existsSync(file))
})
