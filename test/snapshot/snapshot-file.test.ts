import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { openSnapshot } from '../../src/cli/open-snapshot.ts'
import { ObolError } from '../../src/errors/obol-error.ts'
import { SNAPSHOT_ERRORS } from '../../src/errors/snapshot.ts'
import { packMember, packMembers } from '../../src/snapshot/members.ts'
import { packSnapshot } from '../../src/snapshot/pack-snapshot.ts'
import { recordedObjects } from '../../src/snapshot/recorded-objects.ts'
import type { Snapshot } from '../../src/snapshot/types.ts'
import { unpackSnapshot } from '../../src/snapshot/unpack-snapshot.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../src/util/json.ts'
import { tempFolder } from '../support/temp-folder.ts'

const OWNER = '0x1111111111111111111111111111111111111111'
const HASH = `0x${'ab'.repeat(32)}` as const
const PROBLEM = { code: 'OBOL-C001', message: 'no answer', details: ['eth_call'], hint: 'obol plan' }
const TARGET = {
  network: 'base',
  chainId: 8453,
  registry: OWNER,
  owner: OWNER,
  confirmations: 2,
  idem: HASH,
  uri: 'u',
} as const
const ATTEMPT = {
  hash: HASH,
  raw: '0x02',
  maxFeePerGas: 2n ** 70n,
  maxPriorityFeePerGas: 1n,
  ceiling: 3n,
  bump: 0,
} as const
const FACTS = {
  block: { number: 7n, hash: HASH, timestamp: 9n },
  registry: { codeHash: HASH, version: '2.0.0' },
  owner: OWNER,
  ownerIsContract: false,
  nonce: { latest: 1, pending: 1, settled: 1 },
  balance: 10n ** 18n,
  fees: { baseFee: 1n, priorityFee: 2n },
  identities: [{ agentId: '0', uri: '', idem: HASH, wallet: OWNER, metadata: { colour: '0x01' } }],
  left: [{ agentId: '1', to: OWNER }],
} as const

const OBJECTS = ['default', 'far'].map((namespace) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'ä', namespace },
}))

/** One of each thing that a snapshot may hold. */
const WHOLE: Snapshot = {
  takenAt: '2026-01-02T03:04:05.000Z',
  tool: '0.1.0',
  workspaceId: 'shop-1',
  keyId: '01234567',
  hostAddress: '192.0.2.10',
  cluster: {
    context: 'c',
    server: 'https://127.0.0.1:1',
    fingerprint: 'ff',
    version: 'v1.37.2',
    groups: {
      'api/v1': { hash: 'H', served: { Service: 'services' }, schemas: { S: { type: 'object' } } },
      'apis/a/v1': { hash: '' },
    },
    kinds: [
      {
        ...{ apiVersion: 'v1', kind: 'Service', plural: 'services', namespaced: true, rootName: 'S' },
        known: ['default'],
        ours: ['default'],
        objects: recordedObjects(OBJECTS),
        tokens: ['default/a'],
        settled: { 'default/a': 'digest' },
        others: ['default/b'],
        absent: ['far/c'],
        denied: [
          {
            verb: 'list',
            namespace: 'far',
            missing: { verb: 'list', resource: 'services', group: '', namespace: 'far', user: 'u' },
          },
          { verb: 'get', name: 'far/d', missing: { verb: 'get', resource: 'services', group: '' } },
        ],
      },
    ],
  },
  state: {
    cluster: { uid: 'u', fingerprint: 'ff', server: 's' },
    inventory: new Map([['Service/default/a', { apiVersion: 'v1', kind: 'Service', namespace: 'default', name: 'a' }]]),
    chain: new Map([
      [
        'k',
        {
          ...{ key: 'k', step: 's', op: 'register', target: TARGET, agentId: '4', genesis: HASH },
          groups: [{ epoch: 1, nonce: 0, attempts: [ATTEMPT], end: 'mined', endReason: 'why' }],
          mined: { hash: HASH, blockNumber: 4n, blockHash: HASH },
          final: { agentId: '4', adopted: false, blockNumber: 4n, blockHash: HASH, hash: HASH, fee: 5n },
        },
      ],
    ]),
  },
  chains: {
    owner: { result: 'value', value: OWNER },
    wallets: [OWNER],
    networks: [
      { network: 'ethereum', chainId: 1, registry: OWNER },
      { network: 'polygon', chainId: 137, registry: OWNER, problem: PROBLEM },
      {
        ...{ network: 'base', chainId: 8453, registry: OWNER },
        calls: {
          readings: [
            { owner: OWNER, answer: { result: 'value', value: { result: 'read', facts: FACTS } } },
            {
              owner: OWNER,
              answer: {
                result: 'value',
                value: { result: 'unknown', diagnostic: { severity: 'warning', code: 'C', message: 'm', hint: 'h' } },
              },
            },
          ],
          blocks: [
            { number: 0n, answer: { result: 'value', value: { number: 0n, hash: HASH, timestamp: 1n, baseFee: 2n } } },
            { number: 9n, answer: { result: 'value', value: undefined } },
          ],
          simulations: [
            {
              from: OWNER,
              to: OWNER,
              data: '0x01',
              answer: { result: 'value', value: { result: 'success', returned: '0x', gas: 1n, l1Fee: 0n } },
            },
            {
              from: OWNER,
              to: OWNER,
              data: '0x02',
              answer: { result: 'value', value: { result: 'reverted', reason: 'r' } },
            },
            { from: OWNER, to: OWNER, data: '0x03', answer: { result: 'problem', problem: PROBLEM } },
          ],
        },
      },
    ],
  },
}

/** With objects as they are. */
function plain({ cluster, ...rest }: Snapshot): object {
  return {
    ...rest,
    cluster: { ...cluster, kinds: cluster.kinds.map((kind) => ({ ...kind, objects: kind.objects.all() })) },
  }
}

test('default: a snapshot is the same after it was packed and unpacked, and packs to the same bytes', async () => {
  const packed = packSnapshot(WHOLE)
  const unpacked = await unpackSnapshot(packed)
  assert.deepEqual(plain(unpacked), plain(WHOLE))
  assert.deepEqual(packSnapshot(unpacked), packed)
  assert.deepEqual([...packed.subarray(4, 8), packed[9]], [0, 0, 0, 0, 255], 'no time, no system')
})

const [HEAD = '', ...LINES] = gunzipSync(packSnapshot(WHOLE)).toString('utf8').trimEnd().split('\n')
const DOCUMENT: JsonValue = JSON.parse(HEAD)
const MEMBERS = LINES.map((line) => packMember(`${line}\n`))

/** A file with another document, or with other members after it. */
function fileOf(document: JsonValue, members: readonly Buffer[] = MEMBERS): Buffer {
  return packMembers(JSON.stringify(document), members)
}

test('behavior: of the objects only those of a namespace that is asked for are unpacked', async () => {
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = MEMBERS
  const { cluster } = await unpackSnapshot(fileOf(DOCUMENT, [first, Buffer.alloc(second.length)]))
  const objects = cluster.kinds[0]?.objects
  assert.deepEqual(objects?.in('default'), [OBJECTS[0]])
  assert.deepEqual(objects?.in('nowhere'), [])
  const { code } = SNAPSHOT_ERRORS.DAMAGED
  assert.throws(() => objects?.in('far'), { code })
  assert.throws(() => objects?.all(), { code })
})

test('error: objects that are missing, too many, no JSON, no list, or of another namespace', async () => {
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = MEMBERS
  const { TRUNCATED, DAMAGED } = SNAPSHOT_ERRORS
  assert.equal(await codeOf(fileOf(DOCUMENT, [])), TRUNCATED.code)
  assert.equal(await codeOf(fileOf(DOCUMENT, [first, second.subarray(1)])), TRUNCATED.code)
  assert.equal(await codeOf(fileOf(DOCUMENT, [first, second, first])), DAMAGED.code)
  for (const text of ['{}', '[1]', 'x', LINES[1] ?? '']) {
    const member = packMember(text)
    const document = withAt(DOCUMENT, ['cluster', 'kinds', 0, 'parts', 0, 'bytes'], member.length)
    const { cluster } = await unpackSnapshot(fileOf(document, [member, second]))
    assert.throws(() => cluster.kinds[0]?.objects.in('default'), { code: DAMAGED.code }, text)
  }
})

async function codeOf(packed: Uint8Array, maxBytes?: number): Promise<string> {
  const error = await unpackSnapshot(packed, maxBytes).catch((thrown: unknown) => thrown)
  if (error instanceof ObolError) return error.code
  return error instanceof Error ? String(error) : 'unpacked'
}

/** Every place of a value, as the path to it. */
function placesIn(value: JsonValue): readonly (readonly (string | number)[])[] {
  const children: readonly (readonly [string | number, JsonValue])[] = isJsonArray(value)
    ? [...value.entries()]
    : isJsonObject(value)
      ? Object.entries(value)
      : []
  return children.flatMap(([key, child]) => [[key], ...placesIn(child).map((path) => [key, ...path])])
}

function withAt(value: JsonValue, path: readonly (string | number)[], other: JsonValue): JsonValue {
  const [key, ...rest] = path
  if (key === undefined) return other
  if (isJsonArray(value)) return value.map((item, i) => (i === key ? withAt(item, rest, other) : item))
  if (!isJsonObject(value)) return value
  return { ...value, [key]: withAt(value[key] ?? null, rest, other) }
}

/** What any JSON may stand in: nothing of it is the snapshot's own. */
const FREE = /^cluster\.(groups\.[^.]+\/v1\.schemas\.)/

test('error: a field of another type, wherever it is, is a damaged file and no defect', async () => {
  const places = placesIn(DOCUMENT).filter((path) => !FREE.test(path.join('.')))
  assert.ok(places.length > 150, String(places.length))
  for (const path of places) {
    const packed = fileOf(withAt(DOCUMENT, path, [[3.5]]))
    const code = await codeOf(packed)
    const expected = path.join('.') === 'kind' ? SNAPSHOT_ERRORS.NOT_A_SNAPSHOT.code : SNAPSHOT_ERRORS.DAMAGED.code
    assert.equal(code, expected, path.join('.'))
  }
})

test('error: what is no gzip, no JSON, no snapshot, cut off, changed on the way or of a newer format', async () => {
  const packed = packSnapshot(WHOLE)
  const { NOT_A_SNAPSHOT, TRUNCATED, DAMAGED, NEWER_VERSION } = SNAPSHOT_ERRORS
  assert.equal(await codeOf(Buffer.from('{}')), NOT_A_SNAPSHOT.code)
  assert.equal(await codeOf(Buffer.alloc(0)), NOT_A_SNAPSHOT.code)
  assert.equal(await codeOf(gzipSync('{}')), NOT_A_SNAPSHOT.code)
  assert.equal(await codeOf(packMembers('{', [])), NOT_A_SNAPSHOT.code)
  assert.equal(await codeOf(packMembers('[]', [])), NOT_A_SNAPSHOT.code)
  assert.equal(await codeOf(packMembers('{"kind":"Other"}', [])), NOT_A_SNAPSHOT.code)
  for (const length of [2, 9, 10, 11, 20, 400, packed.length - 1]) {
    assert.equal(await codeOf(packed.subarray(0, length)), TRUNCATED.code, String(length))
  }
  for (const place of [40, packed.length - 6]) {
    const flipped = Buffer.from(packed)
    flipped[place] = (flipped[place] ?? 0) ^ 1
    const opening = unpackSnapshot(flipped).then(({ cluster }) => cluster.kinds.map(({ objects }) => objects.all()))
    await assert.rejects(opening, { code: DAMAGED.code }, String(place))
  }
  for (const version of ['2.0', '10.1', '0.9', 'x']) {
    assert.equal(await codeOf(fileOf(withAt(DOCUMENT, ['formatVersion'], version))), NEWER_VERSION.code)
  }
  assert.equal(await codeOf(fileOf(withAt(DOCUMENT, ['formatVersion'], '1.7'))), 'unpacked')
})

test('error: a file that unpacks to more than it may is given up on the way', async () => {
  const zeros = '0'.repeat(8 * 1024 ** 2)
  const { code } = SNAPSHOT_ERRORS.TOO_LARGE
  assert.equal(await codeOf(packMembers(zeros, []), 1024 ** 2), code)
  const member = packMember(zeros)
  const document = withAt(DOCUMENT, ['cluster', 'kinds', 0, 'parts', 0, 'bytes'], member.length)
  const { cluster } = await unpackSnapshot(fileOf(document, [member, ...MEMBERS.slice(1)]), 1024 ** 2)
  assert.throws(() => cluster.kinds[0]?.objects.in('default'), { code })
})

const NOON = new Date('2026-01-02T12:00:00Z')

async function open(t: TestContext, change: JsonObject, now = NOON) {
  const folder = tempFolder(t)
  const file = join(folder, 'a.gz')
  const document = { ...(isJsonObject(DOCUMENT) ? DOCUMENT : {}), ...change }
  writeFileSync(file, fileOf(document))
  return openSnapshot({ cwd: folder, env: {}, now: () => now }, 'a.gz', { folder, workspace: { id: 'shop-1' } })
}

test('behavior: a snapshot of yesterday is said to be old, with its age and a command', async (t) => {
  const fresh = await open(t, { takenAt: '2026-01-01T12:00:01Z' })
  assert.deepEqual(fresh.diagnostics, [])
  const old = await open(t, { takenAt: '2025-12-30T11:00:00Z' })
  const hint = 'obol snapshot --out a.gz'
  const message = 'the snapshot is 3 days old'
  assert.deepEqual(old.diagnostics, [{ severity: 'warning', code: SNAPSHOT_ERRORS.OLD.code, message, hint }])
  const [note] = (await open(t, { takenAt: '2026-01-01T06:00:00Z' })).diagnostics
  assert.equal(note?.message, 'the snapshot is 30 hours old')
})

test('behavior: clocks of two machines may differ by minutes', async (t) => {
  assert.deepEqual((await open(t, { takenAt: '2026-01-02T12:04:00Z' })).diagnostics, [])
})

test('error: from the future, of another workspace, and what cannot be read', async (t) => {
  const { FUTURE, OTHER_WORKSPACE, UNREADABLE } = SNAPSHOT_ERRORS
  await assert.rejects(open(t, { takenAt: '2026-01-02T12:06:00Z' }), { code: FUTURE.code })
  await assert.rejects(open(t, { workspaceId: 'shop-2' }), { code: OTHER_WORKSPACE.code })
  const folder = tempFolder(t)
  mkdirSync(join(folder, 'folder'))
  for (const file of ['nowhere', 'folder']) {
    const opening = openSnapshot({ cwd: folder, env: {}, now: () => NOON }, file, { folder, workspace: { id: 'w' } })
    await assert.rejects(opening, { code: UNREADABLE.code })
  }
})

test('error: nothing is written through a snapshot', async (t) => {
  const { cluster } = await open(t, {})
  const place = { apiVersion: 'v1', plural: 'services', namespace: 'default' }
  const { code } = SNAPSHOT_ERRORS.READ_ONLY
  await assert.rejects(cluster.apply(place, {}, { fieldManager: 'obol', force: false }), { code })
  await assert.rejects(cluster.patchJson(place, 'a', [], 'obol'), { code })
  await assert.rejects(cluster.delete(place, 'a', { uid: 'u' }), { code })
  await assert.rejects(cluster.watch(place, '1')[Symbol.asyncIterator]().next(), { code })
})
