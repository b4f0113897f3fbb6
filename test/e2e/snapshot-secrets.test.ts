import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { SNAPSHOT_ERRORS } from '../../src/errors/snapshot.ts'
import { livePlan, snapshotPlan, take } from '../snapshot/plan-from.ts'
import { openShop, type Shop, seen } from './shop.ts'

/** One per place, so that a leak says where it came from. */
const CANARY = {
  data: 'CanaryData4k1',
  stringData: 'CanaryStringData7w2',
  lastApplied: 'CanaryLastApplied5e8',
  url: 'CanaryUrl3r6',
  variable: 'CanaryVariable2y5',
  others: 'CanaryOthers6u1',
  numeric: '918273645',
} as const

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const HASHES = ['md5', 'sha1', 'sha256', 'sha512']

/** Every form in which a canary could be in a text. */
function formsOf(text: string): readonly string[] {
  const encoded = [
    text,
    base64(text),
    base64(text).slice(0, 12),
    Buffer.from(text).toString('hex'),
    encodeURIComponent(text),
  ]
  const twice = [base64(base64(text))]
  const hashes = HASHES.flatMap((name) => {
    const bytes = [text, base64(text)].map((value) => createHash(name).update(value).digest())
    return bytes.flatMap((digest) => [digest.toString('hex').slice(0, 16), digest.toString('base64').slice(0, 12)])
  })
  return [...encoded, ...twice, ...hashes]
}

const KEYS = (more: string) => `apiVersion: v1\nkind: Secret\nmetadata: { name: keys, namespace: default }\n${more}\n`
const DATA = KEYS(`data: { wallet: "${base64(CANARY.data)}" }`)
const WORDS = KEYS(`stringData: { mnemonic: "${CANARY.stringData}" }`).replace('keys', 'words')
const MAP = `apiVersion: v1
kind: ConfigMap
metadata: { name: urls, namespace: default }
data: { url: "https://user:${CANARY.url}@host.example.com/x", other: "password: ${CANARY.variable}" }
`

/** A workspace with secrets in every place, applied. */
async function shopWithSecrets(t: TestContext): Promise<Shop> {
  const files = { 'offers/data.yaml': DATA, 'offers/words.yaml': WORDS, 'offers/map.yaml': MAP }
  const shop = await openShop(t, { files })
  const run = await shop.obol(['apply', '--yes'])
  assert.equal(run.exitCode, 0, seen(run))
  const lastApplied = {
    'kubectl.kubernetes.io/last-applied-configuration': `{"spec":{"a":"${CANARY.lastApplied}"}}`,
  }
  await shop.send('POST', '/api/v1/namespaces/default/services?fieldManager=kubectl-client-side-apply', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'theirs', annotations: { ...lastApplied, url: `http://${CANARY.url}@host.example.com` } },
    spec: { ports: [{ port: 80 }] },
  })
  await shop.send('POST', '/api/v1/namespaces/default/secrets?fieldManager=helm', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'theirs' },
    data: { password: base64(CANARY.others) },
  })
  return shop
}

function unpacked(file: string): string {
  return gunzipSync(readFileSync(file)).toString('utf8')
}

test('default: no secret in a snapshot in any encoding, nor a hash of one, and equal secrets have equal tokens', async (t) => {
  const shop = await shopWithSecrets(t)
  shop.write('offers/copy.yaml', DATA.replace('keys', 'copy'))
  assert.equal((await shop.obol(['apply', '--yes'])).exitCode, 0)
  const { file, stderr } = await take(shop)
  const text = unpacked(file)
  for (const canary of Object.values(CANARY).flatMap(formsOf)) {
    assert.ok(!text.includes(canary) && !stderr.includes(canary), canary)
  }
  const tokens = text.match(/\*\*\*hmac:[0-9a-f]{16}/g) ?? []
  assert.deepEqual([tokens.length, new Set(tokens).size], [7, 6])
  assert.match(text, /"others":\["default\/theirs"\]/)
  assert.match(text, /https:\/\/\*\*\*hmac:[0-9a-f]{16}@host\.example\.com\/x/)
})

test('behavior: the key is made once, for its owner alone, and only when there is a secret', async (t) => {
  const plain = await openShop(t)
  await take(plain)
  assert.ok(!existsSync(join(plain.folder, 'state', 'plan.key')))
  const shop = await shopWithSecrets(t)
  const key = join(shop.folder, 'state', 'plan.key')
  const first = unpacked((await take(shop)).file)
  assert.equal(statSync(key).mode & 0o777, 0o600)
  assert.equal(unpacked((await take(shop)).file), first)
  const secret = readFileSync(key, 'utf8').trim()
  assert.ok(!first.includes(secret))
  const { file } = await take({ ...shop, env: { OBOL_PLAN_KEY: 'ab'.repeat(32) } })
  assert.notEqual(unpacked(file), first)
})

test('behavior: with the key the plan is as live; without it secrets count as unchanged, and the step says so', async (t) => {
  const shop = await shopWithSecrets(t)
  const { file } = await take(shop)
  const key = readFileSync(join(shop.folder, 'state', 'plan.key'), 'utf8').trim()
  const live = await livePlan(shop)
  rmSync(join(shop.folder, 'state', 'plan.key'))
  assert.equal((await snapshotPlan({ ...shop, env: { OBOL_PLAN_KEY: key } }, file)).shown, live.shown)
  const { plan } = await snapshotPlan(shop, file)
  const { code: uncompared } = SNAPSHOT_ERRORS.SECRETS_UNCOMPARED
  const steps = plan.steps.filter((step) => step.kind === 'object')
  assert.deepEqual(
    steps.filter(({ op }) => op !== 'noop').map(({ id }) => id),
    [],
  )
  const said = steps.filter(({ diagnostics }) => diagnostics.some(({ code }) => code === uncompared))
  assert.deepEqual(said.map(({ id }) => id).toSorted(), [
    'ConfigMap/default/urls',
    'Secret/default/keys',
    'Secret/default/words',
  ])
  assert.ok(said.every(({ diagnostics }) => diagnostics.every(({ severity }) => severity === 'info')))
})

test('behavior: without the key what is not secret still changes, and a new secret is an addition', async (t) => {
  const shop = await shopWithSecrets(t)
  const { file } = await take(shop)
  rmSync(join(shop.folder, 'state', 'plan.key'))
  shop.write('offers/map.yaml', MAP.replace('host.example.com', 'other.example.com'))
  shop.write('offers/data.yaml', DATA.replace('\ndata: {', `\ndata: { more: "${base64('x')}",`))
  const { plan, shown } = await snapshotPlan(shop, file)
  const changes = plan.steps.flatMap((step) => (step.kind === 'object' ? step.changes.map(({ path }) => path) : []))
  assert.deepEqual(changes.toSorted(), ['data.more', 'data.url'])
  assert.match(shown, /other\.example\.com/)
})

test('behavior: another key is told, and counts as none', async (t) => {
  const shop = await shopWithSecrets(t)
  const { file } = await take(shop)
  const { plan } = await snapshotPlan({ ...shop, env: { OBOL_PLAN_KEY: 'cd'.repeat(32) } }, file)
  assert.ok(plan.diagnostics.some(({ code }) => code === SNAPSHOT_ERRORS.OTHER_KEY.code))
  assert.ok(plan.steps.every((step) => step.kind !== 'object' || step.op === 'noop'))
})

test('error: a key that is none is refused without being shown', async (t) => {
  const shop = await shopWithSecrets(t)
  const key = 'not a key at all'
  await assert.rejects(take({ ...shop, env: { OBOL_PLAN_KEY: key } }), (error: Error & { code?: string }) => {
    assert.equal(error.code, SNAPSHOT_ERRORS.KEY_UNUSABLE.code)
    return !JSON.stringify(error).includes(key) && !error.message.includes(key)
  })
})
