import assert from 'node:assert/strict'
import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { Fault } from '../../src/sandbox/serve.ts'
import { createAuthority } from '../../tools/control-plane/create-authority.ts'
import { git } from '../../tools/demo-pr/git.ts'
import type { CliRun } from '../support/run-cli.ts'
import { codesIn, offer, openShop, type Shop, seen } from './shop.ts'

/** One per place, so that a leak says where it came from. */
const CANARY = {
  data: 'CanaryData4k1',
  oldData: 'CanaryOldData9q7',
  stringData: 'CanaryStringData7w2',
  lastApplied: 'CanaryLastApplied5e8',
  url: 'CanaryUrl3r6',
  token: 'CanaryToken8t4',
  password: 'CanaryPassword2y5',
  key: 'CanaryKey6u1',
  execOutput: 'CanaryExecOutput1i9',
  execEnv: 'CanaryExecEnv4o3',
  yaml: 'CanaryYaml5p0',
} as const

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const ALL: readonly string[] = Object.values(CANARY).flatMap((text) => [text, base64(text), base64(text).slice(0, 12)])

/** The commands a user has, as text and as JSON, with and without OBOL_DEBUG=1. */
const COMMANDS: readonly (readonly string[])[] = [
  ['validate'],
  ['plan'],
  ['plan', '--all'],
  ['plan', '--graph', 'mermaid'],
  ['plan', '--graph', 'dot'],
  ['plan', '--verify=server'],
  ['plan', '--why', 'data'],
  ['why', 'data'],
  ['why', 'stringData'],
  ['why', 'metadata'],
  ['why', 'spec.payment'],
  ['status'],
  ...['markdown', 'github', 'sarif', 'html', 'junit'].map((format) => ['plan', '--all', '--format', format]),
  ['plan', '--out', 'out/plan.json'],
  ['show', 'out/plan.json'],
  ['show', 'out/plan.json', '--format', 'html'],
  ['snapshot', '--out', 'out/cluster.snapshot.json.gz'],
  ['plan', '--snapshot', 'out/cluster.snapshot.json.gz', '--all', '--format', 'markdown=out/plan.md'],
  ['review', '--base', 'HEAD', '--no-comment', '--output-dir', 'out/review'],
  ['apply', '--yes', '--plan', 'out/plan.json'],
  ['apply', '--yes'],
  ['apply', '--yes', '--take', 'data'],
]

async function runAll(shop: Shop, args: readonly string[] = []): Promise<readonly CliRun[]> {
  const runs: CliRun[] = []
  git(shop.folder, 'init', '--quiet')
  git(shop.folder, 'add', '--all', 'offers', 'obol.yaml')
  git(shop.folder, 'commit', '--quiet', '--allow-empty', '-m', 'shop')
  for (const command of COMMANDS) {
    for (const json of [[], ['--json']]) {
      for (const debug of ['', '1'])
        runs.push(await shop.obol([...command, ...json, ...args], { env: { OBOL_DEBUG: debug } }))
    }
  }
  assertClean(shop, runs)
  return runs
}

/** Nothing of any canary in the outputs, nor in a file that a command wrote: state, cache, plans, snapshots, reviews. */
function assertClean(shop: Shop, runs: readonly CliRun[]): void {
  const written = ['state', 'cache', 'out'].flatMap((folder) => textsBelow(join(shop.folder, folder)))
  for (const text of [...runs.map(seen), ...written]) {
    for (const canary of ALL) assert.ok(!text.includes(canary), `${canary} in:\n${text}`)
  }
}

function textsBelow(folder: string): readonly string[] {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => textOf(join(entry.parentPath, entry.name)))
}

function textOf(file: string): string {
  const bytes = readFileSync(file)
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
}

function secret(name: string, body: string): string {
  return `apiVersion: v1\nkind: Secret\nmetadata: { name: ${name}, namespace: default }\n${body}\n`
}

const SECRETS = {
  'offers/data.yaml': secret('keys', `data: { wallet: "${base64(CANARY.data)}" }`),
  'offers/string-data.yaml': secret('words', `stringData: { mnemonic: "${CANARY.stringData}" }`),
}

test('default: no Secret in any output, journal or cache, from the first plan to a conflict and its end', async (t) => {
  const shop = await openShop(t, { files: SECRETS })
  await shop.send('POST', '/api/v1/namespaces/default/secrets?fieldManager=kubectl-client-side-apply', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'keys',
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration': `{"data":{"wallet":"${CANARY.lastApplied}"}}`,
      },
    },
    data: { wallet: base64(CANARY.oldData) },
  })
  const runs = await runAll(shop)
  const texts = runs.map(seen).join('\n')
  const files = readdirSync(join(shop.folder, 'out'), { recursive: true }).map(String)
  for (const file of ['plan.json', 'cluster.snapshot.json.gz', 'plan.md', 'review/plan.html', 'review/plan.sarif']) {
    assert.ok(files.includes(file), file)
  }
  assert.match(texts, /OBOL-P004/, 'the conflict on data was told')
  assert.match(texts, /\*\*\*/)
  assert.match(texts, /created .*default\/words/)
  const decided = await shop.obol(['apply', '--yes', '--take', 'default/keys:data.wallet'])
  assert.equal(decided.exitCode, 0, seen(decided))
  shop.write('offers/data.yaml', secret('keys', `data: { wallet: "${base64(CANARY.oldData)}" }`))
  const changed = await shop.obol(['plan'])
  assert.match(changed.stdout, /data\.wallet +"?\*\*\* \(before\)"? → "?\*\*\* \(after\)/)
  assertClean(shop, [decided, changed, await shop.obol(['apply', '--yes'])])
})

for (const [name, body, code] of [
  ['data that is no mapping', `data: "${CANARY.data}"`, 'OBOL-P006'],
  ['data that is a list', `data: ["${CANARY.data}"]`, 'OBOL-P006'],
  ['a value that is a mapping', `stringData: { k: { a: "${CANARY.stringData}" } }`, 'OBOL-P006'],
  ['a key that is not allowed', `stringData: { "bad key!": "${CANARY.stringData}" }`, 'OBOL-A005'],
  ['data that is not base64', `data: { k: "${CANARY.data} is not base64!" }`, 'OBOL-A005'],
  ['broken YAML', `data: { k: "${CANARY.yaml}" ]`, 'OBOL-O010'],
  ['a duplicate key', `data: { k: "${CANARY.yaml}", k: "${CANARY.yaml}" }`, 'OBOL-O011'],
  ['an unknown tag', `data: { k: !canary "${CANARY.yaml}" }`, 'OBOL-O010'],
  ['an alias without an anchor', `data: { k: *${CANARY.yaml} }`, 'OBOL-O012'],
] as const) {
  test(`error: a Secret with ${name} is refused without its content`, async (t) => {
    const shop = await openShop(t, { files: { 'offers/bad.yaml': secret('bad', body) } })
    const runs = await runAll(shop)
    const codes = codesIn(runs.map(seen).join('\n'))
    assert.ok(codes.includes(code), codes.join(' '))
  })
}

test('error: a server or webhook that quotes what it refuses', async (t) => {
  let fault = (_: string): Fault | undefined => undefined
  const shop = await openShop(t, {
    files: SECRETS,
    onRequest: ({ method, body }) => (method === 'PATCH' ? fault(body) : undefined),
  })
  for (const code of [400, 403, 409, 422, 507]) {
    fault = (body) => {
      const quoted = /"(?:wallet|mnemonic)":"([^"]*)"/.exec(body)?.[1] ?? ''
      const message = `refused: ${quoted}, that is ${Buffer.from(quoted, 'base64').toString()}`
      const details = { causes: [{ reason: 'FieldValueInvalid', field: 'data', message }] }
      return { status: code, body: { kind: 'Status', status: 'Failure', message, code, details } }
    }
    const runs = [await shop.obol(['apply', '--yes']), await shop.obol(['apply', '--yes', '--json'])]
    for (const run of runs) {
      assert.ok(run.exitCode !== 0)
      // A 409 is not the last word: what is told is that it did not end.
      if (code !== 409) assert.match(run.stdout, /refused: \*\*\*, that is/)
    }
    assertClean(shop, [...runs, await shop.obol(['plan', '--verify=server'], { env: { OBOL_DEBUG: '1' } })])
  }
})

test('error: credentials in URLs of offers and of the kubeconfig', async (t) => {
  const shop = await openShop(t, {
    files: {
      'offers/gateway.yaml': `apiVersion: offers.obol.org/v1alpha1
kind: Offer
metadata: { name: model }
spec:
  type: inference
  model: { name: m, runtime: ollama }
  gateway: { listen: ":8402", upstream: "http://user:${CANARY.url}@localhost:11434" }
  payment: { payTo: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", network: base-sepolia, price: { perMTok: "1" } }
`,
    },
  })
  await runAll(shop)
  shop.remove('offers/gateway.yaml')
  const { port } = shop.sandbox
  const config = shop.sandbox.kubeconfigOf('admin') ?? ''
  for (const server of [
    `https://user:${CANARY.url}@127.0.0.1:${port}`,
    `https://user:${CANARY.url}@127.0.0.1:1`,
    `https://127.0.0.1:1/?token=${CANARY.url}`,
    `ftp://user:${CANARY.url}@127.0.0.1`,
    `http://user:${CANARY.url}@127.0.0.1:${port}`,
    `no url ${CANARY.url}`,
  ]) {
    shop.write('config/kubeconfig.yaml', config.replace(/server: .*/, `server: ${JSON.stringify(server)}`))
    assertClean(shop, await runSome(shop))
  }
  for (const proxy of [`http://user:${CANARY.url}@127.0.0.1:1`, `ftp://${CANARY.url}@127.0.0.1`]) {
    shop.write('config/kubeconfig.yaml', config.replace(/( +)server: .*/, `$&\n$1proxy-url: ${proxy}`))
    const runs = await runSome(shop)
    assert.ok(runs.every(({ exitCode }) => exitCode === 1))
    assertClean(shop, runs)
  }
})

/** What a connection can spoil, with a stack where there is one. */
async function runSome(shop: Shop): Promise<readonly CliRun[]> {
  const env = { OBOL_DEBUG: '1' }
  return [
    await shop.obol(['plan'], { env }),
    await shop.obol(['plan', '--json'], { env }),
    await shop.obol(['apply', '--yes'], { env }),
    await shop.obol(['status']),
  ]
}

test('error: tokens, passwords and keys of the kubeconfig', async (t) => {
  const shop = await openShop(t)
  const config = shop.sandbox.kubeconfigOf('admin') ?? ''
  const login = (user: string): string =>
    config.replace(/users:[\s\S]*?contexts:/, `users:\n  - name: admin\n    user: ${user}\ncontexts:`)
  const { cert } = createAuthority('canary').issueClient({ commonName: 'x' })
  for (const user of [
    `{ token: "${CANARY.token}" }`,
    `{ username: admin, password: "${CANARY.password}" }`,
    `{ client-certificate-data: "${base64(cert)}", client-key-data: "${base64(CANARY.key)}" }`,
    `{ client-certificate-data: "${base64(CANARY.key)}" }`,
    `{ tokenFile: /nowhere/token, token: "${CANARY.token}" }`,
    `{ token: "${CANARY.token}`,
    `[ "${CANARY.token}" ]`,
    `{ auth-provider: { name: oidc, config: { id-token: "${CANARY.token}", client-secret: "${CANARY.password}" } } }`,
  ]) {
    shop.write('config/kubeconfig.yaml', login(user))
    const runs = await runSome(shop)
    for (const run of runs) assert.equal(run.exitCode, 1, `${user}: ${seen(run)}`)
    assertClean(shop, runs)
  }
})

test('error: the output, arguments and variables of a login command', async (t) => {
  const shop = await openShop(t)
  const config = shop.sandbox.kubeconfigOf('admin') ?? ''
  const outputs = [
    `echo "${CANARY.execOutput}"; echo "${CANARY.execOutput}" >&2; exit 1`,
    `echo "not JSON ${CANARY.execOutput}"`,
    `echo '{"kind":"ExecCredential","status":{"token":"${CANARY.execOutput}"}}'`,
    `echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"clientCertificateData":"${CANARY.execOutput}","clientKeyData":"${CANARY.execOutput}"}}'`,
  ]
  for (const output of outputs) {
    const script = shop.write('config/login', `#!/bin/sh\n${output}\n`)
    chmodSync(script, 0o755)
    const exec = `{ apiVersion: client.authentication.k8s.io/v1, command: ./login, args: ["--password=${CANARY.password}"], env: [{ name: P, value: "${CANARY.execEnv}" }], interactiveMode: Never }`
    shop.write(
      'config/kubeconfig.yaml',
      config.replace(/users:[\s\S]*?contexts:/, `users:\n  - name: admin\n    user: { exec: ${exec} }\ncontexts:`),
    )
    const runs = await runSome(shop)
    for (const run of runs) assert.equal(run.exitCode, 1, `${output}: ${seen(run)}`)
    assertClean(shop, runs)
  }
})

test('behavior: watch tells no secret either', async (t) => {
  const stop = new AbortController()
  const shop = await openShop(t, { files: { ...SECRETS, 'offers/hello.yaml': offer('hello') } })
  const run = await shop.obol(['watch', '--apply'], {
    signal: stop.signal,
    onWrite: (_, text) => text.includes('Applied:') && stop.abort(),
  })
  assert.equal(run.exitCode, 0)
  assert.match(run.stdout, /Applied: 3 created/)
  assertClean(shop, [run])
})
