import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { after, type TestContext, test } from 'node:test'
import pLimit from 'p-limit'
import { parseJournal } from '../../src/journal/read-state.ts'
import { reduceJournal } from '../../src/journal/reduce-journal.ts'
import { metadataOf, metadataString, objectId } from '../../src/kube/ref.ts'
import type { DesiredObject } from '../../src/plan/desired.ts'
import type { RequestInfo } from '../../src/sandbox/serve.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/start-sandbox.ts'
import { isJsonObject, type JsonObject, jsonAt } from '../../src/util/json.ts'
import { desiredOf, endpoints, labelled, service, serviceOffer, wanted } from '../plan/factories.ts'
import { tempFolder } from '../support/temp-folder.ts'
import type { KillPhase, RunnerInput } from './kill-runner.ts'
import { applyWorkspace, connectFile, crdOf, planWorkspace } from './workspace.ts'

/** Children at a time; more do not help on two cores. */
const PARALLEL = 3
const CHILD_LIMIT_MS = 30_000
const PHASES: readonly KillPhase[] = ['before', 'half', 'written', 'synced']

const NEW = serviceOffer()
const SWITCHED = serviceOffer({ name: 'maps', namespace: 'default', price: { perMTok: '7' } })
const UNTOUCHED = serviceOffer({ name: 'still', namespace: 'default', price: { perHour: '1' } })
const REMOVED = serviceOffer({ name: 'old', namespace: 'default', price: { perRequest: '1' } })

const WANTED: readonly DesiredObject[] = [
  wanted(service()),
  wanted(endpoints()),
  wanted(NEW),
  wanted(SWITCHED),
  wanted(UNTOUCHED),
]
const DESIRED = desiredOf(...WANTED)
const PRUNE = { prune: { maxCount: 3, maxPercent: 10 } }
const OFFERS = { apiVersion: 'obol.org/v1alpha1', plural: 'serviceoffers', namespace: 'default' }

/** Where a run is killed. */
type Point =
  | { readonly at: 'journal'; readonly write: number; readonly phase: KillPhase }
  /** `arrived`: the server does not act on it; `answered`: it does, and the answer is not read. */
  | { readonly at: 'request'; readonly number: number; readonly when: 'arrived' | 'answered' }

type Stage = {
  readonly folder: string
  readonly sandbox: Sandbox
  /** Called with each request of the run, and not with those of the preparation. */
  onRequest: (info: RequestInfo) => Promise<'drop' | 'drop-after' | undefined>
}

/** A cluster as it was before, and a workspace that wants: one offer new, one repriced, one untouched, one gone. */
async function stage(folder: string): Promise<Stage> {
  const prepared: { stage: Stage | undefined } = { stage: undefined }
  const sandbox = await startSandbox({
    objects: [crdOf('serviceoffers')],
    onRequest: (info) => prepared.stage?.onRequest(info),
  })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'kubeconfig.yaml'), sandbox.kubeconfigYaml)
  writeFileSync(join(folder, 'desired.json'), JSON.stringify(DESIRED))
  const cluster = await connectFile(join(folder, 'kubeconfig.yaml'))
  const before = serviceOffer({ name: 'maps', namespace: 'default', price: { perRequest: '0.001' } })
  for (const manifest of [before, UNTOUCHED, REMOVED]) {
    const { result } = await cluster.apply(OFFERS, labelled(manifest), { fieldManager: 'obol', force: false })
    assert.equal(result, 'ok')
  }
  const patch = [{ op: 'replace', path: '/spec/payment/price/perRequest', value: '0.002' }]
  assert.equal((await cluster.patchJson(OFFERS, 'maps', patch, 'kubectl-patch')).result, 'ok')
  await cluster.close()
  const ready: Stage = { folder, sandbox, onRequest: async () => undefined }
  prepared.stage = ready
  return ready
}

/** The dry run leaves the compiled sources here; without them most of a child's time goes into starting. */
const COMPILED = mkdtempSync(join(tmpdir(), 'obol-test-compiled-'))
after(() => rmSync(COMPILED, { recursive: true, force: true }))

type Ended = { readonly signal: string | null; readonly said: JsonObject }

/** Runs the workspace in a process of its own. */
function run(input: RunnerInput): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const script = join(import.meta.dirname, 'kill-runner.ts')
  const child = spawn(process.execPath, [script, JSON.stringify(input)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILED },
  })
  const limit = setTimeout(() => child.kill('SIGTERM'), CHILD_LIMIT_MS)
  let out = ''
  let talk = ''
  child.stdout.on('data', (chunk) => {
    out += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    talk += String(chunk)
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearTimeout(limit)
      const said: unknown = out === '' ? {} : JSON.parse(out)
      if (signal === null && code !== 0) reject(new Error(`the child failed: ${talk}`))
      else resolve({ signal, said: isJsonObject(said) ? said : {} })
    })
  })
  return { child, ended }
}

/** Kills a run at a point, with SIGKILL. */
async function kill(stage: Stage, point: Point, concurrency: number): Promise<void> {
  const { folder } = stage
  const { child, ended } = run({ folder, concurrency, ...(point.at === 'journal' ? { kill: point } : {}) })
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

/** Runs again without a kill, and checks what is left behind. */
async function recover(stage: Stage): Promise<void> {
  const { folder, sandbox } = stage
  const stateFolder = join(folder, 'state')
  const cluster = await connectFile(join(folder, 'kubeconfig.yaml'))
  try {
    const plan = () => planWorkspace(cluster, DESIRED, PRUNE)
    const options = { stateFolder, concurrency: 4, run: 'recovery' }
    const { result } = await applyWorkspace(cluster, DESIRED, plan, options)
    const bad = result.steps.filter((step) => ['failed', 'blocked', 'skipped'].includes(step.result))
    assert.deepEqual(bad, [], 'the second run applies all that is left')
    const { steps } = (await plan()).plan
    assert.deepEqual(new Set(steps.map((step) => step.kind === 'object' && step.op)), new Set(['noop']))
  } finally {
    await cluster.close()
  }
  assert.deepEqual(readdirSync(join(stateFolder, 'locks')), [], 'the lock was taken over and released')
  checkJournal(join(stateFolder, 'journal.jsonl'))
  checkRevisions(sandbox)
}

function checkJournal(path: string): void {
  const state = reduceJournal(parseJournal(readFileSync(path, 'utf8'), path))
  assert.notEqual(state.cluster, undefined)
  for (const { ref } of [WANTED[0], WANTED[1], WANTED[2], WANTED[3]].filter((object) => object !== undefined)) {
    assert.ok(state.inventory.has(objectId(ref)), `${objectId(ref)} is in the journal`)
  }
}

function checkRevisions(sandbox: Sandbox): void {
  const idOf = (object: JsonObject): string => objectId(wanted(object).ref)
  for (const object of [service(), endpoints(), NEW]) {
    assert.equal(sandbox.revisions(idOf(object)).length, 1, `${idOf(object)} was created once and not touched again`)
  }
  assert.equal(sandbox.revisions('Namespace/llm').length, 1)
  assert.equal(sandbox.revisions(idOf(UNTOUCHED)).length, 1, 'the untouched offer stays so')
  assert.equal(sandbox.revisions(idOf(REMOVED)).length, 1)
  assert.equal(sandbox.object(idOf(REMOVED)), undefined)
  const prices = sandbox.revisions(idOf(SWITCHED)).map((revision) => jsonAt(revision, ['spec', 'payment', 'price']))
  const generations = sandbox.revisions(idOf(SWITCHED)).map((revision) => metadataOf(revision)['generation'])
  // Made by us, patched by another owner, transferred without a change, repriced: one price at each moment.
  const [old, foreign] = [{ perRequest: '0.001' }, { perRequest: '0.002' }]
  assert.deepEqual(prices, [old, foreign, foreign, { perMTok: '7' }])
  assert.deepEqual(generations, [1, 2, 2, 3])
}

/** How often an undisturbed run writes its journal and sends requests. */
async function dryRun(stage: Stage, concurrency: number): Promise<{ writes: number; requests: number }> {
  let requests = 0
  stage.onRequest = async () => {
    requests += 1
    return undefined
  }
  const { said, signal } = await run({ folder: stage.folder, concurrency }).ended
  assert.equal(signal, null)
  assert.deepEqual(said['code'], undefined)
  checkRevisions(stage.sandbox)
  return { writes: Number(said['writes']), requests }
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

async function onStage<T>(folder: string, play: (stage: Stage) => Promise<T>): Promise<T> {
  const ready = await stage(folder)
  try {
    return await play(ready)
  } finally {
    await ready.sandbox.stop()
  }
}

/** Kills a run at each point, on a stage of its own, and runs it again; tells how many came through. */
async function killAtEach(t: TestContext, points: readonly Point[], concurrency: number): Promise<void> {
  const folder = tempFolder(t)
  const limit = pLimit(PARALLEL)
  const failures: string[] = []
  const tryPoint = async (point: Point, i: number): Promise<void> => {
    try {
      await onStage(join(folder, `point-${i}`), async (ready) => {
        await kill(ready, point, concurrency)
        await recover(ready)
      })
    } catch (error) {
      failures.push(`${JSON.stringify(point)}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  await Promise.all(points.map((point, i) => limit(() => tryPoint(point, i))))
  t.diagnostic(`kill points: ${points.length - failures.length} passed, ${failures.length} failed`)
  assert.deepEqual(failures, [])
}

test('behavior: killed with SIGKILL at every journal write and around every request, the next run repairs it', async (t) => {
  const counts = await onStage(tempFolder(t), (ready) => dryRun(ready, 1))
  assert.ok(counts.writes >= 15 && counts.requests >= 15, JSON.stringify(counts))
  t.diagnostic(`${counts.writes} journal writes × ${PHASES.length}, ${counts.requests} requests × 2`)
  await killAtEach(t, pointsOf(counts), 1)
})

test('behavior: killed when any answer is under way to steps that run side by side', async (t) => {
  const { requests } = await onStage(tempFolder(t), (ready) => dryRun(ready, 4))
  const points = pointsOf({ writes: 0, requests })
  await killAtEach(
    t,
    points.filter((point) => point.at === 'request' && point.when === 'answered'),
    4,
  )
})

test('error: a second process on the workspace is refused while the first is at work', async (t) => {
  await onStage(tempFolder(t), async (ready) => {
    const first = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    ready.onRequest = async () => {
      first.resolve()
      await release.promise
      return undefined
    }
    const input: RunnerInput = { folder: ready.folder, concurrency: 4 }
    const one = run(input)
    await first.promise
    const two = await run(input).ended
    assert.deepEqual(two.said, { code: 'OBOL-A001' })
    release.resolve()
    const { said } = await one.ended
    assert.deepEqual(said['code'], undefined)
    checkRevisions(ready.sandbox)
    assert.notEqual(metadataString(ready.sandbox.object(objectId(wanted(NEW).ref)) ?? {}, 'uid'), undefined)
  })
})
