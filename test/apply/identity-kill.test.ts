import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { after, type TestContext, test } from 'node:test'
import pLimit from 'p-limit'
import { IDENTITY_PLACE } from '../../src/cluster/read-registration-inputs.ts'
import { parseJournal } from '../../src/journal/read-state.ts'
import { reduceJournal } from '../../src/journal/reduce-journal.ts'
import { objectId } from '../../src/kube/ref.ts'
import type { RequestInfo } from '../../src/sandbox/serve.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/start-sandbox.ts'
import { isJsonObject, type JsonObject } from '../../src/util/json.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { entry, registrationsOf } from './identity-contract.ts'
import { AGENT_ID, type IdentityRunnerInput, NETWORK, runOnce } from './identity-kill-runner.ts'
import type { KillPhase } from './kill-runner.ts'
import { connectFile, crdOf } from './workspace.ts'

/** Children at a time; more do not help on two cores. */
const PARALLEL = 3
const CHILD_LIMIT_MS = 30_000
const PHASES: readonly KillPhase[] = ['before', 'half', 'written', 'synced']

const IDENTITY = { apiVersion: 'obol.org/v1alpha1', kind: 'AgentIdentity', namespace: 'x402', name: 'default' }
const BARE: JsonObject = {
  apiVersion: IDENTITY.apiVersion,
  kind: IDENTITY.kind,
  metadata: { name: IDENTITY.name, namespace: IDENTITY.namespace },
  spec: {},
}

/** What the cluster says at first (undefined: nothing is there), and what it must say in the end. */
type Scene = {
  readonly name: string
  readonly entries: readonly JsonObject[] | undefined
  readonly expected: readonly JsonObject[]
  /** Revisions that the step adds to the object. */
  readonly revisions: number
}

const SCENES: readonly Scene[] = [
  { name: 'no object', entries: undefined, expected: [entry(NETWORK, AGENT_ID)], revisions: 2 },
  {
    name: 'another id of the chain, and other chains',
    entries: [entry('base', '7'), entry(NETWORK, '3'), entry('ethereum', '0')],
    expected: [entry('base', '7'), entry(NETWORK, AGENT_ID), entry('ethereum', '0')],
    revisions: 1,
  },
]

/** Where a run is killed. */
type Point =
  | { readonly at: 'journal'; readonly write: number; readonly phase: KillPhase }
  /** `arrived`: the server does not act on it; `answered`: it does, and the answer is not read. */
  | { readonly at: 'request'; readonly number: number; readonly when: 'arrived' | 'answered' }

type Stage = {
  readonly folder: string
  readonly sandbox: Sandbox
  /** Revisions of the object before the run. */
  readonly prepared: number
  onRequest: (info: RequestInfo) => Promise<'drop' | 'drop-after' | undefined>
}

async function onStage<T>(folder: string, scene: Scene, play: (stage: Stage) => Promise<T>): Promise<T> {
  const ready: { stage: Stage | undefined } = { stage: undefined }
  const namespace: JsonObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x402' } }
  const objects = [crdOf('agentidentities'), namespace, ...(scene.entries === undefined ? [] : [BARE])]
  const sandbox = await startSandbox({ objects, onRequest: (info) => ready.stage?.onRequest(info) })
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'kubeconfig.yaml'), sandbox.kubeconfigYaml)
    if (scene.entries !== undefined) await say(folder, scene.entries)
    const prepared = sandbox.revisions(objectId(IDENTITY)).length
    const stage: Stage = { folder, sandbox, prepared, onRequest: async () => undefined }
    ready.stage = stage
    return await play(stage)
  } finally {
    await sandbox.stop()
  }
}

async function say(folder: string, registrations: readonly JsonObject[]): Promise<void> {
  const cluster = await connectFile(join(folder, 'kubeconfig.yaml'))
  const patch = [{ op: 'add', path: '/status', value: { registrations } }]
  const answer = await cluster.patchJson({ ...IDENTITY_PLACE, subresource: 'status' }, IDENTITY.name, patch, 'other')
  await cluster.close()
  assert.equal(answer.result, 'ok')
}

/** The dry run leaves the compiled sources here; without them most of a child's time goes into starting. */
const COMPILED = mkdtempSync(join(tmpdir(), 'obol-test-compiled-'))
after(() => rmSync(COMPILED, { recursive: true, force: true }))

type Ended = { readonly signal: string | null; readonly said: JsonObject }

/** Runs the step in a process of its own. */
function start(input: IdentityRunnerInput): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const script = join(import.meta.dirname, 'identity-kill-runner.ts')
  const child = spawn(process.execPath, [script, JSON.stringify(input)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILED },
  })
  const limit = setTimeout(() => child.kill('SIGTERM'), CHILD_LIMIT_MS)
  const texts = { out: '', talk: '' }
  child.stdout.on('data', (chunk) => {
    texts.out += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    texts.talk += String(chunk)
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearTimeout(limit)
      const said: unknown = texts.out === '' ? {} : JSON.parse(texts.out)
      if (signal === null && code !== 0) reject(new Error(`the child failed: ${texts.talk}`))
      else resolve({ signal, said: isJsonObject(said) ? said : {} })
    })
  })
  return { child, ended }
}

/** How often an undisturbed run writes its journal and sends requests. */
async function dryRun(stage: Stage, scene: Scene): Promise<{ readonly writes: number; readonly requests: number }> {
  let requests = 0
  stage.onRequest = async () => {
    requests += 1
    return undefined
  }
  const { said, signal } = await start({ folder: stage.folder }).ended
  assert.equal(signal, null)
  check(stage, scene)
  return { writes: Number(said['writes']), requests }
}

/** Kills a run at a point, with SIGKILL. */
async function kill(stage: Stage, point: Point): Promise<void> {
  const { child, ended } = start({ folder: stage.folder, ...(point.at === 'journal' ? { kill: point } : {}) })
  let arrived = 0
  stage.onRequest = async () => {
    arrived += 1
    if (point.at !== 'request' || arrived !== point.number) return undefined
    child.kill('SIGKILL')
    await ended
    return point.when === 'arrived' ? 'drop' : 'drop-after'
  }
  const { signal } = await ended
  stage.onRequest = async () => undefined
  assert.equal(signal, 'SIGKILL', 'the point was not reached')
}

/** The right id once, at no moment twice, every other chain untouched throughout, and no write too many. */
function check({ sandbox, prepared, folder }: Stage, scene: Scene): void {
  const revisions = sandbox.revisions(objectId(IDENTITY))
  assert.deepEqual(registrationsOf(revisions.at(-1)), scene.expected)
  assert.equal(revisions.length, prepared + scene.revisions)
  const others = (object: JsonObject) =>
    registrationsOf(object).filter((item) => isJsonObject(item) && item['chain'] !== NETWORK)
  for (const revision of revisions.slice(Math.max(prepared - 1, 0))) {
    assert.deepEqual(
      others(revision),
      scene.expected.filter((item) => item['chain'] !== NETWORK),
    )
    assert.ok(registrationsOf(revision).length - others(revision).length <= 1)
  }
  const path = join(folder, 'state', 'journal.jsonl')
  const { inventory, lastRun } = reduceJournal(parseJournal(readFileSync(path, 'utf8'), path))
  assert.deepEqual([...inventory.values()], [IDENTITY])
  assert.deepEqual([lastRun?.finished, [...(lastRun?.open ?? [])]], [true, []])
}

function pointsOf(counts: { readonly writes: number; readonly requests: number }): readonly Point[] {
  const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1)
  return [
    ...upTo(counts.writes).flatMap((write) => PHASES.map((phase): Point => ({ at: 'journal', write, phase }))),
    ...upTo(counts.requests).flatMap((number): readonly Point[] => [
      { at: 'request', number, when: 'arrived' },
      { at: 'request', number, when: 'answered' },
    ]),
  ]
}

async function killAtEach(t: TestContext, scene: Scene, points: readonly Point[]): Promise<void> {
  const folder = tempFolder(t)
  const limit = pLimit(PARALLEL)
  const failures: string[] = []
  const tryPoint = async (point: Point, i: number): Promise<void> => {
    try {
      await onStage(join(folder, `point-${i}`), scene, async (stage) => {
        await kill(stage, point)
        const { result, diagnostics } = await runOnce(stage.folder, 'recovery')
        assert.deepEqual(diagnostics, [])
        assert.ok(['created', 'configured', 'unchanged'].includes(result), result)
        check(stage, scene)
      })
    } catch (error) {
      failures.push(`${JSON.stringify(point)}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  await Promise.all(points.map((point, i) => limit(() => tryPoint(point, i))))
  t.diagnostic(`kill points: ${points.length - failures.length} passed, ${failures.length} failed`)
  assert.deepEqual(failures, [])
}

for (const scene of SCENES) {
  test(`behavior: killed at every journal write and around every request, the next run ends it: ${scene.name}`, async (t) => {
    const counts = await onStage(tempFolder(t), scene, (stage) => dryRun(stage, scene))
    assert.ok(counts.writes >= 4 && counts.requests >= 3, JSON.stringify(counts))
    await killAtEach(t, scene, pointsOf(counts))
  })
}
